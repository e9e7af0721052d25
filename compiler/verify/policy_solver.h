#pragma once

#include <map>
#include <span>
#include <utility>
#include <vector>

#include "compiler/verify/sat_encoding.h"

namespace switchyard {

// A solver and what of a policy is in it.
struct PolicySolver {
  // The whole policy, or some blocks of it (SatEncoding). All but `blocks` must outlive this.
  PolicySolver(const Model& model, const Formulas& formulas, const Partition& partition)
      : encoding(model, formulas, partition, solver), model_(model) {}
  PolicySolver(const Model& model, const Formulas& formulas, const Partition& partition,
               std::span<const BlockId> blocks)
      : encoding(model, formulas, partition, solver, blocks), model_(model) {}

  // By row of the block, and one past the last: from it on, the first row that matches gives the
  // outcome.
  const std::vector<Literal>& gives(BlockId block, OutcomeId outcome);

  Solver solver;
  SatEncoding encoding;

 private:
  const Model& model_;
  std::map<std::pair<BlockId, OutcomeId>, std::vector<Literal>> gives_;
};

}  // namespace switchyard
