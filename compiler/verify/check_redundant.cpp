#include <algorithm>

#include "compiler/diagnostic/registry.h"
#include "compiler/verify/check.h"

// Is there a rule, or an entry of one, that some combination reaches and that nevertheless changes
// nothing, since what comes after it gives the same outcome?
namespace switchyard {

bool redundant(Check& check, RuleId rule, std::pair<RowId, RowId> rows) {
  const std::vector<FormulaId> never(rows.second - rows.first, kFalse);
  return !changes(check, rule, rows, never, Change::kNarrower);
}

namespace {

bool reached(Check& check, std::pair<RowId, RowId> rows) {
  for (RowId row = rows.first; row < rows.second; ++row) {
    if (check.judge.reached(row)) return true;
  }
  return false;
}

void look_at_entries(Check& check, RuleId id, std::pair<RowId, RowId> rows) {
  const Rule& rule = check.model.rules[id];
  if (rows.second - rows.first < 2) return;
  for (RowId row = rows.first; row < rows.second; ++row) {
    if (check.model.rows[row].entry == Row::kNoEntry || !check.judge.reached(row)) continue;
    std::vector<FormulaId> formulas;
    for (RowId own = rows.first; own < rows.second; ++own) {
      formulas.push_back(own == row ? kFalse : check.model.rows[own].formula);
    }
    if (changes(check, id, rows, formulas, Change::kAny)) continue;
    const Entry& entry = rule.entries[check.model.rows[row].entry];
    Diagnostic& found = check.sink.report(diag::RedundantEntry, entry.span,
                                          spell_outcome(check.model, entry.outcome));
    found.with_label("what follows gives the same");
    if (auto fix = remove_entry(check.sources, rule.span, entry.span)) {
      found.fixes.push_back(std::move(*fix));
    }
  }
}

}  // namespace

void check_redundant(Check& check) {
  const auto rows = rows_of_rules(check.model);
  for (RuleId rule = 0; rule < check.model.rules.size(); ++rule) {
    // A rule of one entry would be found as a rule.
    const bool one_entry = rows[rule].second - rows[rule].first < 2;
    if (enough(check, diag::RedundantRule.info) &&
        (one_entry || enough(check, diag::RedundantEntry.info))) {
      continue;
    }
    if (!reached(check, rows[rule])) continue;
    if (!redundant(check, rule, rows[rule])) {
      look_at_entries(check, rule, rows[rule]);
      continue;
    }
    const Span span = check.model.rules[rule].span;
    Diagnostic& found = check.sink.report(diag::RedundantRule, span);
    found.with_label("the rules after it give the same");
    if (auto fix = remove_item(check.sources, span, "remove the rule")) {
      found.fixes.push_back(std::move(*fix));
    }
  }
}

}  // namespace switchyard
