#pragma once

#include <memory>
#include <string>

#include "compiler/diagnostic/diagnostic.h"
#include "compiler/diff/diff.h"
#include "compiler/parse/ast.h"
#include "compiler/region/partition.h"
#include "compiler/source/source_file.h"

namespace switchyard::testing {

// Two policies on common ground. On the heap and never moved, since evaluators keep references.
struct Compared {
  SourceMap sources;
  ast::Policy old_policy, new_policy;
  Model old_model, new_model;  // as resolved, before they were aligned
  diff::Pair pair;
  Partition partition;
};

bool resolves(const std::string& text);

// REQUIREs that the text resolves.
Model model_of(const std::string& text);

// REQUIREs that both texts resolve and align.
std::unique_ptr<const Compared> compared(const std::string& old_text, const std::string& new_text);
std::unique_ptr<const Compared> compared_files(const std::string& old_path,
                                               const std::string& new_path);

// "12 fast -> slow [tokens <= 4] [not mx]": a change a line, "…" behind boxes that are not all, "~"
// before a count that is a lower bound.
std::string described(const Compared& both, const diff::Difference& difference);

}  // namespace switchyard::testing
