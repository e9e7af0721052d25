#pragma once

#include <optional>

#include "compiler/diagnostic/diagnostic.h"
#include "compiler/parse/ast.h"
#include "compiler/sema/model.h"

namespace switchyard {

// Resolves a condition that stands outside the policy of `model` (an option's value, a line of a file
// of reviewed changes) and adds it to the model's formulas. It may name the declared facts; lets, sets,
// targets and decisions are not known to a model. None when an error was reported.
std::optional<FormulaId> resolve_condition(const ast::Condition& condition, const SourceMap& sources,
                                           Model& model, DiagnosticSink& sink);

}  // namespace switchyard
