#pragma once

#include <optional>
#include <vector>

#include "compiler/sema/resolution.h"

namespace switchyard::sema {

// What the right side of a promise says: the block that it speaks of, and for every outcome under
// which condition on the facts it is right.
struct Judged {
  BlockId block = 0;
  std::vector<FormulaId> holds;  // by OutcomeId
};

// All alternatives of one promise, at `span`. None when something was reported.
std::optional<Judged> judge(Resolution& r, const std::vector<const ast::Outcome*>& alternatives,
                            Span span);

}  // namespace switchyard::sema
