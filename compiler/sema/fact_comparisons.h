#pragma once

#include <optional>

#include "compiler/sema/resolution.h"
#include "compiler/sema/subject.h"

namespace switchyard::sema {

// `subject OP name` where the name is not (only) a symbol of the subject's domain: another fact, a
// let, or a fact against a parameter. None when the name is to be read as a symbol or a parameter's
// value; errors are reported and give kTrue.
std::optional<FormulaId> compare_names(Resolution& r, const Subject& subject,
                                       const ast::Condition::Compare& compare,
                                       const ast::Name& name, Context& context);

}  // namespace switchyard::sema
