#pragma once

#include <string>

#include "compiler/sema/model.h"

namespace switchyard::sema {

// A formula in the policy language, with parentheses around every `and` and `or`. A formula of a
// million nodes when written out (lets share their parts) is cut at 4,000 characters with `…`.
std::string dump_formula(const Model& model, FormulaId id);

}  // namespace switchyard::sema
