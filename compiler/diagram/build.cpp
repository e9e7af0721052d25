#include "compiler/diagram/build.h"

#include <algorithm>
#include <numeric>

#include "compiler/diagram/formula_diagrams.h"
#include "compiler/diagram/operations.h"

namespace switchyard {

namespace {

// By fact, in how many rows and assumptions it occurs and the first of them.
struct Use {
  std::size_t count = 0;
  std::size_t first = ~std::size_t{0};
};

class Uses {
 public:
  explicit Uses(const Model& model)
      : formulas_(model.formulas), seen_(model.formulas.size(), 0), use_(model.facts.size()),
        counted_(model.facts.size(), 0) {
    for (const Assumption& assumption : model.assumptions) add(assumption.condition.formula);
    for (const Row& row : model.rows) add(row.formula);
  }
  const Use& of(FactId fact) const { return use_[fact]; }

 private:
  void add(FormulaId root) {
    ++place_;
    std::vector<FormulaId> open = {root};
    while (!open.empty()) {
      const FormulaId formula = open.back();
      open.pop_back();
      if (seen_[formula] == place_) continue;
      seen_[formula] = place_;
      switch (formulas_.kind(formula)) {
        case Formulas::Kind::kBottom:
        case Formulas::Kind::kTop:
          break;
        case Formulas::Kind::kAtom: {
          const FactId fact = formulas_.atom(formulas_.atom_of(formula)).fact;
          if (counted_[fact] == place_) break;
          counted_[fact] = place_;
          ++use_[fact].count;
          use_[fact].first = std::min(use_[fact].first, place_);
          break;
        }
        case Formulas::Kind::kNot:
        case Formulas::Kind::kAnd:
        case Formulas::Kind::kOr:
          for (const FormulaId operand : formulas_.operands(formula)) open.push_back(operand);
          break;
      }
    }
  }

  const Formulas& formulas_;
  std::vector<std::size_t> seen_;  // by FormulaId: the last place that it was seen in
  std::vector<Use> use_;                // by FactId
  std::vector<std::size_t> counted_;    // by FactId: the last place that counted it
  std::size_t place_ = 0;
};

struct Attempt {
  std::optional<PolicyDiagram> diagram;
  std::size_t rows_done = 0;
};

Attempt attempt(const Model& model, const Partition& partition, std::vector<FactId> order,
                DiagramBudget budget) {
  std::vector<std::uint32_t> classes;
  for (const Axis& axis : partition.axes) {
    classes.push_back(static_cast<std::uint32_t>(axis.class_count()));
  }
  const LeafCodes leaves = leaf_codes(model);
  DiagramManager manager(order, classes, budget);
  DiagramOperations operations(manager);
  FormulaDiagrams conditions(model, model.formulas, partition, operations);

  // Not decided yet in this block, as opposed to undecided in an earlier one.
  const DiagramRef open = make_leaf(leaves.undecided() + 1);
  DiagramRef diagram = open;
  for (std::uint32_t a = 0; a < model.assumptions.size(); ++a) {
    const DiagramRef violated =
        operations.negate(conditions.of(model.assumptions[a].condition.formula));
    diagram = operations.fill(diagram, open, violated, make_leaf(leaves.excluded(a)));
  }
  Attempt result;
  std::vector<DiagramRef> roots;
  std::vector<DiagramRef> values(leaves.undecided() + 2);
  for (BlockId block = 0; block < model.blocks.size(); ++block) {
    const Block& own = model.blocks[block];
    for (RowId row = own.first_row; row < own.first_row + own.row_count; ++row) {
      const DiagramRef condition = conditions.of(model.rows[row].formula);
      diagram = operations.fill(diagram, open, condition, make_leaf(leaves.row(row)));
      if (!manager.within_budget()) return result;
      ++result.rows_done;
    }
    for (std::uint32_t leaf = 0; leaf < values.size(); ++leaf) values[leaf] = make_leaf(leaf);
    values[leaf_value(open)] = make_leaf(leaves.undecided());
    diagram = operations.map_leaves(diagram, values);
    roots.push_back(diagram);
    conditions.set_roots(roots);
    // The next block goes on where this one chose.
    for (RowId row = 0; row < leaves.rows; ++row) {
      if (choice_of(model, block, row)) values[row] = open;
    }
    if (block + 1 < model.blocks.size()) diagram = operations.map_leaves(diagram, values);
  }
  if (!manager.within_budget()) return result;

  // A manager of its own, without what was made on the way.
  DiagramManager kept(std::move(order), std::move(classes), budget);
  DiagramOperations keep(kept);
  std::vector<DiagramRef> kept_roots;
  for (const DiagramRef root : roots) kept_roots.push_back(keep.import(manager, root));
  result.diagram.emplace(PolicyDiagram{std::move(kept), std::move(kept_roots), leaves});
  return result;
}

}  // namespace

LeafCodes leaf_codes(const Model& model) {
  return {static_cast<std::uint32_t>(model.rows.size()),
          static_cast<std::uint32_t>(model.assumptions.size())};
}

std::optional<std::int64_t> choice_of(const Model& model, BlockId block, RowId row) {
  const Block& own = model.blocks[block];
  if (row < own.first_row || row >= own.first_row + own.row_count) return std::nullopt;
  const Outcome& outcome = model.outcomes[model.rows[row].outcome];
  if (outcome.refused) return std::nullopt;
  const auto found = std::find(own.targets.begin(), own.targets.end(), outcome.target);
  if (found == own.targets.end()) return std::nullopt;
  return found - own.targets.begin();
}

std::optional<PolicyDiagram> build(const Model& model, const Partition& partition,
                                   DiagramBudget budget) {
  const Uses uses(model);
  std::vector<FactId> by_use(model.declared_facts);
  std::iota(by_use.begin(), by_use.end(), 0);
  std::vector<FactId> by_first = by_use;
  std::stable_sort(by_use.begin(), by_use.end(),
                   [&](FactId a, FactId b) { return uses.of(a).count > uses.of(b).count; });
  Attempt first = attempt(model, partition, by_use, budget);
  if (first.diagram) return std::move(first.diagram);
  if (first.rows_done * 10 < model.rows.size()) return std::nullopt;
  std::stable_sort(by_first.begin(), by_first.end(),
                   [&](FactId a, FactId b) { return uses.of(a).first < uses.of(b).first; });
  if (by_first == by_use) return std::nullopt;
  return attempt(model, partition, std::move(by_first), budget).diagram;
}

std::optional<PolicyDiagram> build(const Model& model, const Partition& partition,
                                   const std::vector<FactId>& order, DiagramBudget budget) {
  return attempt(model, partition, order, budget).diagram;
}

}  // namespace switchyard
