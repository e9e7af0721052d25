#include "compiler/explain/residual.h"

#include "compiler/diagram/build.h"
#include "compiler/verify/diagram_judge.h"
#include "compiler/verify/solver_judge.h"
#include "runtime/base/check.h"

namespace switchyard {

namespace {

std::vector<ResidualRow> rows_of(const Model& model, const ResidualOptions& options, Judge& judge) {
  std::vector<ResidualRow> rows;
  const auto add = [&](RowId row, BlockId block, const Region& region) {
    if (!judge.meets(region)) return;
    rows.push_back({row, block, judge.cover(region, options.boxes)});
  };
  if (options.target) {
    const BlockId id = model.targets[*options.target].block;
    const Block& block = model.blocks[id];
    Region region{id, {}};
    for (RowId row = block.first_row; row < block.first_row + block.row_count; ++row) {
      const Outcome& outcome = model.outcomes[model.rows[row].outcome];
      if (!outcome.refused && outcome.target == *options.target) region.parts.push_back({row, kTrue});
    }
    if (!region.parts.empty()) add(region.parts[0].row, id, region);
    return rows;
  }
  const auto last = static_cast<BlockId>(model.blocks.size() - 1);
  for (BlockId id = 0; id <= last; ++id) {
    const Block& block = model.blocks[id];
    for (RowId row = block.first_row; row < block.first_row + block.row_count; ++row) {
      // Earlier blocks end the policy only where they refuse.
      if (id != last && choice_of(model, id, row)) continue;
      if (judge.reached(row)) add(row, id, {last, {{row, kTrue}}});
    }
    add(kUndecided, id, {id, {{kUndecided, kTrue}}});
  }
  return rows;
}

}  // namespace

Residual residual(const Model& model, const Known& known, const ResidualOptions& options) {
  Residual result;
  result.model = specialised(model, known);
  DiagnosticSink sink;
  auto classes = partition(result.model, sink);
  SWITCHYARD_CHECK(classes.has_value());  // the atoms are some of those that had a partition
  result.partition = std::move(*classes);
  const Model& left = result.model;
  if (const auto diagrams = build(left, result.partition, options.budget)) {
    DiagramJudge judge(left, left.formulas, result.partition, *diagrams, options.budget);
    result.rows = rows_of(left, options, judge);
    result.admitted = judge.admitted();
    if (judge.sound()) return result;
  }
  SolverJudge judge(left, left.formulas, result.partition);
  result.rows = rows_of(left, options, judge);
  result.admitted = judge.admitted();
  result.within_budget = false;
  return result;
}

}  // namespace switchyard
