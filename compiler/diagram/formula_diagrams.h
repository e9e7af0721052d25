#pragma once

#include <span>
#include <vector>

#include "compiler/diagram/operations.h"
#include "compiler/sema/model.h"

namespace switchyard {

// Formulas as diagrams over the declared facts, each made once. What a formula says of a decision is
// replaced by where that block chooses so: there, and only there, it can hold; where the block
// refuses, is excluded or undecided, every atom about its choice is false.
class FormulaDiagrams {
 public:
  // `formulas`: the model's, or a copy with more formulas over the same atoms. All must outlive this.
  FormulaDiagrams(const Model& model, const Formulas& formulas, const Partition& partition,
                  DiagramOperations& operations)
      : model_(model), formulas_(formulas), partition_(partition), operations_(operations) {}

  // The diagrams of the blocks made so far, by BlockId. Formulas may only speak of these.
  void set_roots(std::span<const DiagramRef> roots) { roots_.assign(roots.begin(), roots.end()); }

  // Leaves kDiagramFalse and kDiagramTrue.
  DiagramRef of(FormulaId formula);

 private:
  DiagramRef compute(FormulaId formula);  // its operands' are known
  DiagramRef atom(AtomId id);

  const Model& model_;
  const Formulas& formulas_;
  const Partition& partition_;
  DiagramOperations& operations_;
  std::vector<DiagramRef> roots_;
  std::vector<DiagramRef> known_;  // by FormulaId; PairCache::kAbsent where not made yet
};

}  // namespace switchyard
