#include "compiler/diagram/build.h"

#include <algorithm>
#include <numeric>
#include <set>

#include "compiler/diagram/formula_diagrams.h"
#include "compiler/diagram/operations.h"

namespace switchyard {

namespace {

// By fact, in how many rows and assumptions it occurs and the first of them.
struct Use {
  std::size_t count = 0;
  std::size_t first = ~std::size_t{0};
};

// Consecutive rows that read at most this many facts together are joined among themselves first.
constexpr std::size_t kGroupFacts = 8;

class Uses {
 public:
  explicit Uses(const Model& model)
      : formulas_(model.formulas), seen_(model.formulas.size(), 0), use_(model.facts.size()),
        counted_(model.facts.size(), 0) {
    for (const Assumption& assumption : model.assumptions) add(assumption.condition.formula);
    for (const Row& row : model.rows) by_row_.push_back(add(row.formula));
  }
  const Use& of(FactId fact) const { return use_[fact]; }
  // The facts that a row reads, none where it reads more than `kGroupFacts`.
  const std::optional<std::vector<FactId>>& of_row(RowId row) const { return by_row_[row]; }

 private:
  std::optional<std::vector<FactId>> add(FormulaId root) {
    ++place_;
    std::optional<std::vector<FactId>> facts(std::in_place);
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
          if (facts && facts->size() == kGroupFacts) facts.reset();
          if (facts) facts->push_back(fact);
          break;
        }
        case Formulas::Kind::kNot:
        case Formulas::Kind::kAnd:
        case Formulas::Kind::kOr:
          for (const FormulaId operand : formulas_.operands(formula)) open.push_back(operand);
          break;
      }
    }
    return facts;
  }

  const Formulas& formulas_;
  std::vector<std::size_t> seen_;  // by FormulaId: the last place that it was seen in
  std::vector<Use> use_;                // by FactId
  std::vector<std::size_t> counted_;    // by FactId: the last place that counted it
  std::size_t place_ = 0;
  std::vector<std::optional<std::vector<FactId>>> by_row_;
};

// The end of the longest run of rows from `first` on that read at most `kGroupFacts` facts together;
// at least one row.
RowId group_end(const Uses& uses, RowId first, RowId limit) {
  std::set<FactId> facts;
  RowId end = first;
  for (; end < limit && uses.of_row(end); ++end) {
    facts.insert(uses.of_row(end)->begin(), uses.of_row(end)->end());
    if (facts.size() > kGroupFacts) break;
  }
  return std::max(end, first + 1);
}

// Rows in order, each where no earlier one decides; elsewhere `open`. Neighbours are joined in
// halves, as a merge sort does it: n rows on one fact of n classes cost n log n runs, where adding
// them one by one to what is there costs n times n.
class Halves {
 public:
  Halves(DiagramOperations& operations, DiagramRef open) : operations_(operations), open_(open) {}

  void add(DiagramRef condition, DiagramRef leaf) {
    parts_.push_back({operations_.choose(condition, leaf, open_), 1});
    while (parts_.size() > 1 && parts_.back().rows == parts_[parts_.size() - 2].rows) join();
  }
  // Of no rows: `open` everywhere.
  DiagramRef finish() {
    while (parts_.size() > 1) join();
    return parts_.empty() ? open_ : parts_[0].diagram;
  }

 private:
  struct Part {
    DiagramRef diagram;
    std::size_t rows;
  };
  void join() {
    const Part last = parts_.back();
    parts_.pop_back();
    parts_.back().diagram = operations_.overlay(parts_.back().diagram, open_, last.diagram);
    parts_.back().rows += last.rows;
  }

  DiagramOperations& operations_;
  const DiagramRef open_;
  std::vector<Part> parts_;
};

struct Attempt {
  std::optional<PolicyDiagram> diagram;
  std::size_t rows_done = 0;
};

Attempt attempt(const Model& model, const Partition& partition, const Uses& uses,
                std::vector<FactId> order, DiagramBudget budget) {
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
    const RowId end = own.first_row + own.row_count;
    for (RowId row = own.first_row; row < end;) {
      const RowId next = group_end(uses, row, end);
      if (next == row + 1) {
        const DiagramRef condition = conditions.of(model.rows[row].formula);
        diagram = operations.fill(diagram, open, condition, make_leaf(leaves.row(row)));
        ++row;
      } else {
        Halves group(operations, open);
        for (; row < next && manager.within_budget(); ++row) {
          result.rows_done = row;
          group.add(conditions.of(model.rows[row].formula), make_leaf(leaves.row(row)));
        }
        diagram = operations.overlay(diagram, open, group.finish());
      }
      if (!manager.within_budget()) return result;
      result.rows_done = row;
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
  if (model.declared_facts > kMaxLevels) return std::nullopt;
  const Uses uses(model);
  std::vector<FactId> by_use(model.declared_facts);
  std::iota(by_use.begin(), by_use.end(), 0);
  std::vector<FactId> by_first = by_use;
  std::stable_sort(by_use.begin(), by_use.end(),
                   [&](FactId a, FactId b) {
                     const std::size_t one = uses.of(a).count, other = uses.of(b).count;
                     if (one != other) return one > other;
                     return partition.axes[a].class_count() < partition.axes[b].class_count();
                   });
  Attempt first = attempt(model, partition, uses, by_use, budget);
  if (first.diagram) return std::move(first.diagram);
  if (first.rows_done * 10 < model.rows.size()) return std::nullopt;
  std::stable_sort(by_first.begin(), by_first.end(),
                   [&](FactId a, FactId b) { return uses.of(a).first < uses.of(b).first; });
  if (by_first == by_use) return std::nullopt;
  return attempt(model, partition, uses, std::move(by_first), budget).diagram;
}

std::optional<PolicyDiagram> build(const Model& model, const Partition& partition,
                                   const std::vector<FactId>& order, DiagramBudget budget) {
  if (model.declared_facts > kMaxLevels) return std::nullopt;
  return attempt(model, partition, Uses(model), order, budget).diagram;
}

}  // namespace switchyard
