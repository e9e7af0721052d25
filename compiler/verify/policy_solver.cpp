#include "compiler/verify/policy_solver.h"

namespace switchyard {

const std::vector<Literal>& PolicySolver::gives(BlockId id, OutcomeId outcome) {
  const auto [place, added] = gives_.try_emplace({id, outcome});
  std::vector<Literal>& result = place->second;
  if (!added) return result;
  const Block& block = model_.blocks[id];
  result.resize(block.row_count + 1, -solver.always());
  for (RowId i = block.row_count; i-- > 0;) {
    const Row& row = model_.rows[block.first_row + i];
    const Literal matches = encoding.formula(row.formula);
    result[i] = row.outcome == outcome ? solver.any({matches, result[i + 1]})
                                       : solver.all({-matches, result[i + 1]});
  }
  return result;
}

}  // namespace switchyard
