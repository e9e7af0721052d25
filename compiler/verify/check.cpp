#include "compiler/verify/check.h"

#include <fmt/format.h>

#include "compiler/sema/resolve.h"

namespace switchyard {

void show_example(const Check& check, const Example& example, Diagnostic& diagnostic) {
  for (const Box::Side& side : example.cube.sides) {
    const Fact& fact = check.model.facts[side.fact];
    const ClassId c = example.point[side.fact];
    diagnostic.witness.push_back(
        {fact.name, spell(fact, check.partition.axes[side.fact].representative[c])});
  }
  if (example.cube.sides.empty()) {
    diagnostic.with_help("every combination that the assumptions admit shows it");
  } else if (!example.fewest) {
    diagnostic.with_help("an input that fixes fewer facts may exist: the policy is too large for the "
                         "search for the smallest one");
  }
}

std::string spell_outcome(const Model& model, OutcomeId id) {
  const Outcome& outcome = model.outcomes[id];
  if (outcome.refused) return "a refusal";
  const Target& target = model.targets[outcome.target];
  std::string values;
  for (std::size_t i = 0; i < outcome.parameters.size(); ++i) {
    const Parameter& parameter = target.parameters[i];
    const std::int64_t value = outcome.parameters[i];
    if (value == parameter.default_value) continue;
    values += fmt::format("{}{} = {}", values.empty() ? "" : ", ", parameter.name,
                          parameter.is_integer ? std::to_string(value)
                                               : parameter.symbols[static_cast<std::size_t>(value)]);
  }
  return values.empty() ? fmt::format("`{}`", target.name)
                        : fmt::format("`{}({})`", target.name, values);
}

Span span_of_row(const Model& model, RowId id) {
  const Row& row = model.rows[id];
  const Rule& rule = model.rules[row.rule];
  return rule.entries.size() > 1 && row.entry != Row::kNoEntry ? rule.entries[row.entry].span
                                                               : rule.span;
}

void note_decider(const Model& model, const Example& example, Diagnostic& diagnostic) {
  if (example.row == kUndecided) return;
  const RowId row = example.row;
  const std::string& because = model.rules[model.rows[row].rule].because;
  diagnostic.with_note(
      span_of_row(model, row),
      fmt::format("{}, with {}{}",
                  example.sole ? "this rule decides there" : "one of the rules that decide there",
                  spell_outcome(model, model.rows[row].outcome),
                  because.empty() ? "" : fmt::format(": \"{}\"", because)));
}

bool reads_decisions(const Model& model, const Formulas& formulas, FormulaId root) {
  std::vector<FormulaId> open = {root};
  std::vector<bool> seen(root + 1);
  while (!open.empty()) {
    const FormulaId formula = open.back();
    open.pop_back();
    if (seen[formula]) continue;
    seen[formula] = true;
    switch (formulas.kind(formula)) {
      case Formulas::Kind::kBottom:
      case Formulas::Kind::kTop:
        break;
      case Formulas::Kind::kAtom:
        if (formulas.atom(formulas.atom_of(formula)).fact >= model.declared_facts) return true;
        break;
      case Formulas::Kind::kNot:
      case Formulas::Kind::kAnd:
      case Formulas::Kind::kOr:
        for (const FormulaId operand : formulas.operands(formula)) open.push_back(operand);
        break;
    }
  }
  return false;
}

}  // namespace switchyard
