#include <fmt/format.h>

#include "compiler/diagnostic/registry.h"
#include "compiler/verify/check.h"

// Do guarantees, `never` and examples hold for every combination that the assumptions admit?
namespace switchyard {

namespace {

// Where the promise's condition holds and an outcome decides that it does not allow.
Region broken_region(Check& check, const Promise& promise) {
  const Model& model = check.model;
  Region region{promise.block, {}};
  std::vector<FormulaId> wrong;  // by OutcomeId
  for (const FormulaId holds : promise.holds) {
    wrong.push_back(check.formulas.all(promise.condition, check.formulas.negate(holds)));
  }
  for (BlockId block = 0; block <= promise.block; ++block) {
    const Block& own = model.blocks[block];
    for (RowId row = own.first_row; row < own.first_row + own.row_count; ++row) {
      const OutcomeId outcome = model.rows[row].outcome;
      // Of an earlier block only a refusal is an outcome here.
      if (block != promise.block && !model.outcomes[outcome].refused) continue;
      if (wrong[outcome] != kFalse) region.parts.push_back({row, wrong[outcome]});
    }
  }
  return region;
}

Diagnostic& report(Check& check, const Promise& promise) {
  switch (promise.kind) {
    case Promise::Kind::kGuarantee:
      return check.sink.report(diag::FalseGuarantee, promise.span, promise.name);
    case Promise::Kind::kNever:
      return check.sink.report(diag::FalseNever, promise.span);
    case Promise::Kind::kExample:
      break;
  }
  return check.sink.report(diag::FalseExample, promise.span);
}

bool impossible_example(Check& check, const Promise& promise) {
  if (promise.kind != Promise::Kind::kExample) return false;
  if (check.judge.possible(promise.condition, Where::admitted())) return false;
  Diagnostic& found = check.sink.report(diag::ImpossibleExample, promise.span);
  found.with_label("nothing to try");
  std::vector<FormulaId> conditions;
  for (const Assumption& assumption : check.model.assumptions) {
    conditions.push_back(assumption.condition.formula);
  }
  if (reads_decisions(check.model, check.formulas, promise.condition)) return true;
  for (const std::size_t i :
       check.judge.minimal_conflict(promise.condition, conditions, Where::anywhere())) {
    found.with_note(check.model.assumptions[i].span, "excluded here");
  }
  return true;
}

}  // namespace

void check_promises(Check& check) {
  for (const Promise& promise : check.model.promises) {
    if (impossible_example(check, promise)) continue;
    const Region region = broken_region(check, promise);
    if (region.parts.empty()) continue;
    const auto example = check.judge.find(region);
    if (!example) continue;
    Diagnostic& found = report(check, promise);
    if (!promise.text.empty()) found.with_label(promise.text);
    show_example(check, *example, found);
    show_region(check, region, found);
    note_decider(check.model, *example, found);
  }
}

}  // namespace switchyard
