#pragma once

#include <optional>
#include <span>
#include <string>

#include "compiler/diagnostic/diagnostic.h"
#include "compiler/parse/ast.h"
#include "compiler/sema/model.h"

namespace switchyard {

// What a name other than a fact's stands for in a condition outside a policy.
struct KnownName {
  std::string name;
  std::optional<FormulaId> formula;  // of the model that the condition is resolved in; none: it is refused
  std::string why;                   // refused: a sentence that says why and what to do
};

// Resolves a condition that stands outside the policy of `model` (an option's value, a line of a file
// of reviewed changes) and adds it to the model's formulas. It may name the declared facts and what
// `names` adds, in which facts come first; sets, targets and decisions are not known. None when an
// error was reported.
std::optional<FormulaId> resolve_condition(const ast::Condition& condition, const SourceMap& sources,
                                           Model& model, std::span<const KnownName> names,
                                           DiagnosticSink& sink);

}  // namespace switchyard
