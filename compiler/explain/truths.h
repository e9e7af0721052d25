#pragma once

#include <cstdint>
#include <vector>

#include "compiler/verify/judge.h"

namespace switchyard {

// One combination of facts, decided: the truth of every formula, and what each block made of it.
class Truths {
 public:
  // `codes`: of the declared facts, inside their domains. The model must outlive this.
  Truths(const Model& model, std::vector<std::int64_t> codes);

  // Of formulas that speak of a decision which was not made: every comparison with it is false.
  bool operator()(FormulaId formula) const { return truth_[formula]; }

  // The first assumption that does not hold; none when all do.
  const std::optional<std::uint32_t>& violated() const { return violated_; }
  // The blocks that ran: all up to the first that did not choose; none when an assumption is violated.
  BlockId ran() const { return static_cast<BlockId>(rows_.size()); }
  // Who decided a block that ran; kUndecided for nobody.
  RowId row(BlockId block) const { return rows_[block]; }
  // What the policy made of it: the last block that ran; kUndecided when excluded.
  RowId row() const { return rows_.empty() ? kUndecided : rows_.back(); }

  // Of every fact, decisions included; -1 for one that was not made.
  const std::vector<std::int64_t>& codes() const { return codes_; }

 private:
  void compute();

  const Model& model_;
  std::vector<std::int64_t> codes_;
  std::vector<bool> truth_;  // by FormulaId
  std::optional<std::uint32_t> violated_;
  std::vector<RowId> rows_;
};

}  // namespace switchyard
