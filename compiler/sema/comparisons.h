#pragma once

#include "compiler/sema/resolution.h"

// Formulas of the conditions that compare something. Each reports its own errors, marks the context
// failed and then returns kTrue, which nobody looks at. Internal to compiler/sema.
namespace switchyard::sema {

FormulaId lower_bare(Resolution& r, const ast::Condition::Bare& bare, Context& context);
FormulaId lower_compare(Resolution& r, const ast::Condition::Compare& compare, Span span,
                        Context& context);
FormulaId lower_in(Resolution& r, const ast::Condition::In& in, Context& context);
FormulaId lower_modulo(Resolution& r, const ast::Condition::Modulo& modulo, Context& context);
FormulaId lower_has(Resolution& r, const ast::Condition::Has& has, Context& context);

// The codes c of [low, high] with "c OP code".
Intervals codes_with(ast::CompareOp op, std::int64_t code, std::int64_t low, std::int64_t high);

// "x OP y" as "y OP' x".
ast::CompareOp mirrored(ast::CompareOp op);

std::string_view spell(ast::CompareOp op);

}  // namespace switchyard::sema
