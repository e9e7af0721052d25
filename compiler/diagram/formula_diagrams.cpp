#include "compiler/diagram/formula_diagrams.h"

#include <algorithm>

#include "compiler/diagram/build.h"
#include "runtime/base/check.h"

namespace switchyard {

DiagramRef FormulaDiagrams::of(FormulaId formula) {
  if (known_.size() < formulas_.size()) known_.resize(formulas_.size(), PairCache::kAbsent);
  if (known_[formula] == PairCache::kAbsent) {
    const DiagramRef made = compute(formula);
    known_[formula] = made;
  }
  return known_[formula];
}

DiagramRef FormulaDiagrams::compute(FormulaId formula) {
  switch (formulas_.kind(formula)) {
    case Formulas::Kind::kBottom:
      return kDiagramFalse;
    case Formulas::Kind::kTop:
      return kDiagramTrue;
    case Formulas::Kind::kAtom:
      return atom(formulas_.atom_of(formula));
    case Formulas::Kind::kNot:
      return operations_.negate(of(formulas_.operands(formula)[0]));
    case Formulas::Kind::kAnd:
    case Formulas::Kind::kOr:
      break;
  }
  const bool conjunction = formulas_.kind(formula) == Formulas::Kind::kAnd;
  std::vector<DiagramRef> parts;
  for (const FormulaId operand : formulas_.operands(formula)) parts.push_back(of(operand));
  // Deepest first: joining a part above all others then makes one node.
  const DiagramManager& manager = operations_.manager();
  std::stable_sort(parts.begin(), parts.end(), [&](DiagramRef a, DiagramRef b) {
    return manager.level_or_leaf(a) > manager.level_or_leaf(b);
  });
  DiagramRef result = conjunction ? kDiagramTrue : kDiagramFalse;
  for (const DiagramRef part : parts) {
    if (!manager.within_budget()) return kDiagramFalse;
    result = conjunction ? operations_.conjoin(part, result) : operations_.disjoin(part, result);
  }
  return result;
}

DiagramRef FormulaDiagrams::atom(AtomId id) {
  const FactId fact = formulas_.atom(id).fact;
  const ClassSet& classes = partition_.atoms[id];
  if (fact < model_.declared_facts) {
    std::vector<DiagramRef> children(classes.size());
    for (ClassId c = 0; c < classes.size(); ++c) {
      children[c] = classes.contains(c) ? kDiagramTrue : kDiagramFalse;
    }
    DiagramManager& manager = operations_.manager();
    return manager.node(manager.level_of(fact), children);
  }
  const BlockId block = model_.facts[fact].block;
  SWITCHYARD_CHECK(block < roots_.size());
  const LeafCodes leaves = leaf_codes(model_);
  std::vector<DiagramRef> values(leaves.undecided() + 1, kDiagramFalse);
  for (RowId row = 0; row < leaves.rows; ++row) {
    const std::optional<std::int64_t> code = choice_of(model_, block, row);
    if (code && classes.contains(partition_.axes[fact].class_of(*code))) values[row] = kDiagramTrue;
  }
  return operations_.map_leaves(roots_[block], values);
}

}  // namespace switchyard
