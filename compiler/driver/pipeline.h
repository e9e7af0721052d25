#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/diagnostic/diagnostic.h"
#include "compiler/diagram/build.h"
#include "compiler/emit/emit.h"
#include "compiler/parse/ast.h"
#include "compiler/region/partition.h"
#include "compiler/sema/model.h"
#include "compiler/source/source_file.h"

namespace switchyard::driver {

// Everything that one compilation made, stage by stage. A stage that could not run because an
// earlier one reported errors leaves its part empty.
struct Compilation {
  SourceMap sources;
  DiagnosticSink sink;
  ast::Policy policy;
  std::optional<Model> model;
  std::optional<Partition> partition;
  std::optional<PolicyDiagram> diagrams;      // empty too when the policy is beyond the budget
  std::vector<std::byte> table;               // proved equal to the model; empty after errors
};

// Where a compilation ends.
enum class Stage { kAst, kModel, kClasses, kDiagram, kVerified, kTable };

// Reads `path` (`-`: standard input) and runs the stages up to `last`. Errors in the policy are in
// `sink`; an error of the world (unreadable file) is the result.
Expected<void> compile(const std::string& path, Stage last, const EmitOptions& options,
                       Compilation& out);

// The same of a file that is in `out.sources` already.
Expected<void> compile(FileId root, Stage last, const EmitOptions& options, Compilation& out);

}  // namespace switchyard::driver
