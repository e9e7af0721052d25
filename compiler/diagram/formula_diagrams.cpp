#include "compiler/diagram/formula_diagrams.h"

#include <algorithm>
#include <set>

#include "compiler/diagram/build.h"
#include "runtime/base/check.h"

namespace switchyard {

DiagramRef FormulaDiagrams::of(FormulaId formula) {
  if (known_.size() < formulas_.size()) known_.resize(formulas_.size(), PairCache::kAbsent);
  // Not by recursion: a chain of 200,000 `let`s is that deep. Operands have smaller ids.
  std::vector<FormulaId> open = {formula};
  std::set<FormulaId> seen;
  while (!open.empty()) {
    const FormulaId at = open.back();
    open.pop_back();
    if (known_[at] != PairCache::kAbsent || !seen.insert(at).second) continue;
    if (formulas_.kind(at) < Formulas::Kind::kNot) continue;
    for (const FormulaId operand : formulas_.operands(at)) open.push_back(operand);
  }
  for (const FormulaId at : seen) {
    const DiagramRef made = compute(at);
    known_[at] = made;
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
      return operations_.negate(known_[formulas_.operands(formula)[0]]);
    case Formulas::Kind::kAnd:
    case Formulas::Kind::kOr:
      break;
  }
  const bool conjunction = formulas_.kind(formula) == Formulas::Kind::kAnd;
  std::vector<DiagramRef> parts;
  for (const FormulaId operand : formulas_.operands(formula)) parts.push_back(known_[operand]);
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
    DiagramManager& manager = operations_.manager();
    return manager.node(manager.level_of(fact), classes, kDiagramTrue, kDiagramFalse);
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
