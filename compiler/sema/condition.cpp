#include "compiler/sema/condition.h"

#include <utility>

#include "compiler/sema/resolution.h"

namespace switchyard {

std::optional<FormulaId> resolve_condition(const ast::Condition& condition, const SourceMap& sources,
                                           Model& model, std::span<const KnownName> names,
                                           DiagnosticSink& sink) {
  const ast::Policy nothing;
  sema::Resolution r{nothing, sources, &sink};
  r.model.facts.assign(model.facts.begin(), model.facts.begin() + model.declared_facts);
  r.model.declared_facts = model.declared_facts;
  r.model.blocks.push_back({});
  r.blocks.push_back({});
  r.broken_facts.assign(r.model.facts.size(), false);
  for (FactId id = 0; id < r.model.declared_facts; ++id) {
    const Fact& fact = r.model.facts[id];
    // Without the place of its declaration, which is not in these sources.
    r.domains.push_back(sema::domain_of(fact));
    r.domains.back().declared.reset();
    r.model.declarations.emplace_back();  // its uses are counted
    r.values.emplace(fact.name, sema::Declared{sema::Declared::Sort::kFact, id, Span{}, id});
  }
  for (const KnownName& known : names) {
    if (!known.formula) {
      r.refused_names.emplace(known.name, known.why);
      continue;
    }
    const auto id = static_cast<std::uint32_t>(r.lets.size());
    r.lets.emplace_back().formula = *known.formula;
    const std::size_t declaration = r.model.declarations.size();
    r.model.declarations.emplace_back();
    r.values.emplace(known.name,
                     sema::Declared{sema::Declared::Sort::kLet, id, Span{}, declaration});
  }
  r.model.formulas = std::move(model.formulas);
  const std::size_t errors = sink.error_count();
  sema::Context context;
  context.place = sema::Context::Place::kLet;
  const FormulaId formula = sema::lower(r, condition, context).formula;
  model.formulas = std::move(r.model.formulas);
  if (context.failed || sink.error_count() != errors) return std::nullopt;
  return formula;
}

}  // namespace switchyard
