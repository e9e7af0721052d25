#include "compiler/diagnostic/registry.h"
#include "compiler/verify/check.h"

// Do the assumptions admit anything?
namespace switchyard {

bool check_assumptions(Check& check) {
  if (check.judge.possible(kTrue, Where::admitted())) return true;
  std::vector<FormulaId> conditions;
  for (const Assumption& assumption : check.model.assumptions) {
    conditions.push_back(assumption.condition.formula);
  }
  const std::vector<std::size_t> guilty =
      check.judge.minimal_conflict(kTrue, conditions, Where::anywhere());
  if (guilty.empty()) return false;  // the judge's budget ended
  Diagnostic& found =
      check.sink.report(diag::Contradiction, check.model.assumptions[guilty.back()].span);
  found.with_label(guilty.size() == 1 ? "this can never hold" : "contradicts what is assumed before");
  for (std::size_t i = 0; i + 1 < guilty.size(); ++i) {
    found.with_note(check.model.assumptions[guilty[i]].span, "assumed here");
  }
  found.with_help(guilty.size() == 1
                      ? "an `assume` removes combinations that cannot occur: this one removes all"
                      : "together these admit nothing; any one of them less, and something is left");
  return false;
}

}  // namespace switchyard
