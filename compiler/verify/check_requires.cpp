#include <map>

#include <fmt/format.h>

#include "compiler/diagnostic/registry.h"
#include "compiler/verify/box_evaluator.h"
#include "compiler/verify/check.h"

// Is a target chosen where its `requires` is false, outside every `allow unsupported`? Only a plain
// rule can do that: `first of` and `only` ask first, unless it is others' lines that judge.
namespace switchyard {

namespace {

void report(Check& check, RowId id, FormulaId wrong) {
  const Model& model = check.model;
  const Rule& rule = model.rules[model.rows[id].rule];
  const Entry& entry = rule.entries[model.rows[id].entry];
  const Region region{rule.block, {{id, wrong}}};
  const auto example = check.judge.find(region);
  if (!example) return;
  Diagnostic& found = check.sink.report(diag::Unsupported, entry.span,
                                        spell_outcome(model, entry.outcome));
  found.with_label("its kernel cannot run there");
  show_example(check, *example, found);
  show_region(check, region, found);
  BoxEvaluator there(model, check.formulas, check.partition);
  there.set_box(sides_of(check.partition, example->point));
  for (const Requirement& line : entry.requirements) {
    if (there.truth(line.condition.formula) != Truth::kNever) continue;
    found.with_note(line.span, line.because.empty()
                                   ? "this is false there"
                                   : fmt::format("this is false there: \"{}\"", line.because));
  }
  found.with_help("narrow the rule, use `first of`, or accept it with `allow unsupported when ... "
                  "because ...`");
}

}  // namespace

void check_requires(Check& check) {
  const Model& model = check.model;
  std::vector<FormulaId> allowed;
  for (const Allowance& allowance : model.allowances) {
    if (!allowance.slower) allowed.push_back(allowance.when);
  }
  const FormulaId not_allowed = check.formulas.negate(check.formulas.any(allowed));
  // The rows of a block that the same condition would make wrong are asked about together.
  std::map<std::pair<BlockId, FormulaId>, std::vector<RowId>> rows;
  for (RowId id = 0; id < model.rows.size(); ++id) {
    const Row& row = model.rows[id];
    const Rule& rule = model.rules[row.rule];
    if (row.entry == Row::kNoEntry) continue;
    if (rule.kind != Rule::Kind::kTarget && check.foreign_files.empty()) continue;
    const FormulaId wrong =
        check.formulas.all(check.formulas.negate(rule.entries[row.entry].able), not_allowed);
    if (wrong != kFalse) rows[{rule.block, wrong}].push_back(id);
  }
  std::map<RowId, FormulaId> guilty;
  for (const auto& [where, own] : rows) {
    for (const RowId row : check.judge.deciding(own, where.second)) guilty.emplace(row, where.second);
  }
  for (const auto& [row, wrong] : guilty) {
    if (enough(check, diag::Unsupported.info)) return;
    report(check, row, wrong);
  }
}

}  // namespace switchyard
