#include "compiler/verify/check.h"

#include <cstdint>
#include <map>

#include <fmt/format.h>

#include "compiler/region/box_values.h"
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

void show_region(Check& check, const Region& region, Diagnostic& diagnostic) {
  const bool all = check.boxes == SIZE_MAX;
  const Cover cover =
      check.judge.cover(region, {check.boxes, all ? nullptr : &check.box_steps});
  if (cover.boxes.empty()) return;  // the judge's budget ended
  FoundRegion& found = diagnostic.region.emplace();
  found.count = cover.size.str();
  found.exact = cover.exact;
  found.complete = cover.complete;
  found.cut = !cover.complete && cover.exact && check.boxes != SIZE_MAX;
  const std::optional<Count> admitted = check.judge.admitted();
  found.size = !cover.exact ? fmt::format("at least {}", spell(cover.size))
               : admitted   ? fmt::format("{} of {}", spell(cover.size), spell(*admitted))
                            : spell(cover.size);
  for (std::size_t i = 0; i < cover.boxes.size(); ++i) {
    found.parts.push_back({values_of(check.model, check.partition, cover.boxes[i]),
                           spell(cover.sizes[i])});
  }
}

bool enough(Check& check, const DiagnosticInfo& kind) {
  if (check.sink.count(kind) < check.limit) return false;
  if (check.cut.insert(&kind).second) {
    check.sink.last(kind).with_help(
        fmt::format("{} findings of this kind: the rules after this one were not looked at for more",
                    check.limit));
  }
  return true;
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

std::vector<std::pair<RowId, RowId>> rows_of_rules(const Model& model) {
  std::vector<std::pair<RowId, RowId>> result(model.rules.size());
  for (RowId row = 0; row < model.rows.size(); ++row) {
    auto& [first, last] = result[model.rows[row].rule];
    if (last == 0) first = row;
    last = row + 1;
  }
  return result;
}

bool changes(Check& check, RuleId rule, std::pair<RowId, RowId> rows,
             std::span<const FormulaId> formulas, Change change) {
  Formulas& f = check.formulas;
  // By outcome, where the rule gives it before and after; and where it gives none.
  struct Given {
    std::vector<FormulaId> before, after;
  };
  std::map<OutcomeId, Given> given;
  FormulaId none_before = kTrue, none_after = kTrue;
  for (RowId row = rows.first; row < rows.second; ++row) {
    const FormulaId before = check.model.rows[row].formula;
    const FormulaId after = formulas[row - rows.first];
    Given& own = given[check.model.rows[row].outcome];
    own.before.push_back(f.all(none_before, before));
    own.after.push_back(f.all(none_after, after));
    none_before = f.all(none_before, f.negate(before));
    none_after = f.all(none_after, f.negate(after));
  }
  for (auto& [outcome, own] : given) {
    const FormulaId before = f.any(std::move(own.before)), after = f.any(std::move(own.after));
    if (change == Change::kAny) {
      const FormulaId other = f.all({before, f.negate(after), f.negate(none_after)});
      if (check.judge.passes(rule, other, std::nullopt)) return true;
    }
    if (change != Change::kWider &&
        check.judge.passes(rule, f.all(before, none_after), outcome)) {
      return true;
    }
    if (change != Change::kNarrower &&
        check.judge.passes(rule, f.all(none_before, after), outcome)) {
      return true;
    }
  }
  return false;
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
