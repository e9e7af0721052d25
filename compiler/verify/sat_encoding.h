#pragma once

#include <map>
#include <memory>
#include <span>
#include <vector>

#include "compiler/sema/model.h"
#include "compiler/verify/sat_domain.h"

namespace switchyard {

// A policy in the solver: the class of every fact, every formula and, row by row, who decides. Rules
// go in as formulas; their number of boxes does not matter.
class SatEncoding {
 public:
  // Every block. `twin`: another encoding in the same solver, of this model or one over the same facts and
  // formulas, with which this one shares the class of every fact except `own`: two combinations that
  // differ in one fact at most. All arguments must outlive this.
  static constexpr FactId kNone = ~FactId{0};
  SatEncoding(const Model& model, const Formulas& formulas, const Partition& partition,
              Solver& solver, SatEncoding* twin = nullptr, FactId own = kNone);
  // So many blocks, ascending; of the others nothing can be asked. A block whose predecessor is not
  // in counts as reached everywhere.
  SatEncoding(const Model& model, const Formulas& formulas, const Partition& partition,
              Solver& solver, std::span<const BlockId> blocks);

  Literal formula(FormulaId id);
  Literal admitted() { return formula(model_.admitted); }
  // Every block before it has chosen (whatever the assumptions say).
  Literal reached(BlockId block) const { return reached_[block]; }
  // The row's block is reached and no earlier row of it matches.
  Literal open_before(RowId row) const { return open_[row]; }
  Literal decides(RowId row) { return solver_.all({open_[row], formula(model_.rows[row].formula)}); }
  // The block is reached and no row matches.
  Literal undecided(BlockId block) const { return undecided_[block]; }

  std::vector<ClassId> point() const;  // by declared fact; after a true `solve`

 private:
  Literal atom(AtomId id);
  Literal make(FormulaId id);  // its operands' are known
  bool depends_on_own(FormulaId id);
  void find_dependence(FormulaId id);
  void add_domains();
  void add_block(BlockId block);

  const Model& model_;
  const Formulas& formulas_;
  const Partition& partition_;
  Solver& solver_;
  SatEncoding* twin_;
  FactId own_;
  std::vector<std::shared_ptr<SatDomain>> domains_;  // by declared fact
  std::vector<Literal> known_;                       // by FormulaId, 0 where not made yet
  std::vector<signed char> depends_;                 // by FormulaId, of those before
  FormulaId depends_known_ = 0;                      // this one
  std::vector<Literal> reached_, undecided_;         // by BlockId
  std::vector<Literal> open_;                        // by RowId
  std::vector<std::vector<Literal>> chosen_;         // by BlockId, by code of its decision
};

}  // namespace switchyard
