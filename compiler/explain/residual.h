#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "compiler/diagram/diagram.h"
#include "compiler/region/partition.h"
#include "compiler/sema/model.h"
#include "compiler/verify/judge.h"

// What is left to decide when some facts are known.
namespace switchyard {

// By declared fact: its code, or nothing where it is not known.
using Known = std::vector<std::optional<std::int64_t>>;

struct ResidualRow {
  RowId row = kUndecided;      // who decides; kUndecided: nobody
  BlockId block = 0;           // whose row, or who left it undecided
  Cover cover;                 // where, over the facts that are not known
};

struct ResidualOptions {
  std::size_t boxes = 64;      // of one row, at most
  DiagramBudget budget;
  std::optional<TargetId> target;  // one row only: where this target is chosen, by whatever rule
};

struct Residual {
  Model model;                 // the policy with the known facts put in; its facts have the same ids,
                               // a known one a single value
  Partition partition;         // of that model: what the boxes are made of
  std::vector<ResidualRow> rows;  // in priority order; those that decide somewhere only
  std::optional<Count> admitted;  // combinations that are left; none when not known exactly
  bool within_budget = true;   // else a solver answered: a row's cover is one box and a lower bound
};

// Exact within the budget, which is that of what is left, not of the whole policy; beyond it every row
// that decides somewhere is still found.
Residual residual(const Model& model, const Known& known, const ResidualOptions& options);

// The model with the known facts put in: conditions that they decide are gone, and their domains are
// one value. Promises, influences and allowances are dropped.
Model specialised(const Model& model, const Known& known);

}  // namespace switchyard
