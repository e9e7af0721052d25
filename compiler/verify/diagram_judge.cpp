#include "compiler/verify/diagram_judge.h"

#include <algorithm>
#include <map>

#include "compiler/verify/smallest.h"
#include "runtime/base/check.h"

namespace switchyard {

DiagramJudge::DiagramJudge(const Model& model, const Formulas& formulas, const Partition& partition,
                           const PolicyDiagram& diagrams, DiagramBudget budget)
    : model_(model),
      partition_(partition),
      leaves_(diagrams.leaves),
      budget_(budget),
      manager_(diagrams.manager.order(), diagrams.manager.classes(), budget),
      operations_(manager_),
      formulas_(model, formulas, partition, operations_) {
  for (const DiagramRef root : diagrams.roots) {
    roots_.push_back(operations_.import(diagrams.manager, root));
  }
  formulas_.set_roots(roots_);
  first_row_.resize(model.rules.size());
  for (RowId row = static_cast<RowId>(model.rows.size()); row-- > 0;) {
    first_row_[model.rows[row].rule] = row;
  }
  seconds_.resize(model.blocks.size());
  if (!sound()) return;
  excluded_ = select(roots_[0], [&](std::uint32_t leaf) { return leaves_.is_excluded(leaf); });
  reached_ = leaves_of(roots_);  // a row that decides is a leaf of its block's diagram
}

std::vector<bool> DiagramJudge::leaves_of(std::vector<DiagramRef> open) const {
  std::vector<bool> found(leaves_.undecided() + 1), seen(manager_.size());
  while (!open.empty()) {
    const DiagramRef ref = open.back();
    open.pop_back();
    if (is_leaf(ref)) {
      found[leaf_value(ref)] = true;
    } else if (!seen[ref]) {
      seen[ref] = true;
      for (const Run& run : manager_.runs(ref)) open.push_back(run.child);
    }
  }
  return found;
}

DiagramRef DiagramJudge::where(Where where) {
  if (!where.block) return kDiagramTrue;
  if (*where.block == 0) return operations_.negate(excluded_);
  const BlockId before = *where.block - 1;
  return select(roots_[before], [&](std::uint32_t leaf) {
    return leaves_.is_row(leaf) && choice_of(model_, before, leaf).has_value();
  });
}

bool DiagramJudge::possible(FormulaId formula, Where place) {
  return operations_.conjoin(where(place), formulas_.of(formula)) != kDiagramFalse;
}

bool DiagramJudge::reached(RowId row) { return reached_[leaves_.row(row)]; }

DiagramRef DiagramJudge::set_of(const Region& region) {
  const DiagramRef root = roots_[region.block];
  std::map<FormulaId, std::vector<bool>> by_condition;
  DiagramRef result = kDiagramFalse;
  for (const Region::Part& part : region.parts) {
    std::vector<bool>& rows = by_condition[part.also];
    rows.resize(leaves_.undecided() + 1);
    rows[part.row == kUndecided ? leaves_.undecided() : leaves_.row(part.row)] = true;
  }
  for (const auto& [also, rows] : by_condition) {
    DiagramRef part = select(root, [&](std::uint32_t leaf) { return rows[leaf]; });
    if (rows[leaves_.undecided()] && region.block > 0) {
      // What an earlier block left undecided is its own finding.
      part = operations_.subtract(part, select(roots_[region.block - 1], [&](std::uint32_t leaf) {
                                    return leaf == leaves_.undecided();
                                  }));
    }
    result = operations_.disjoin(result, operations_.conjoin(part, formulas_.of(also)));
  }
  return result;
}

RowId DiagramJudge::decides_at(BlockId block, const Point& point) const {
  DiagramRef ref = roots_[block];
  while (!is_leaf(ref)) ref = manager_.children(ref)[point[manager_.fact(ref)]];
  return leaves_.is_row(leaf_value(ref)) ? leaf_value(ref) : kUndecided;
}

bool DiagramJudge::one_decides(BlockId block, const std::vector<Box::Side>& sides) {
  std::vector<ClassSet> allowed(manager_.classes().size());
  for (const Box::Side& side : sides) allowed[side.fact] = side.classes;
  std::optional<DiagramRef> one;
  std::vector<bool> seen(manager_.size());
  std::vector<DiagramRef> open = {roots_[block]};
  while (!open.empty()) {
    const DiagramRef ref = open.back();
    open.pop_back();
    if (is_leaf(ref)) {
      if (leaves_.is_excluded(leaf_value(ref)) || ref == one) continue;
      if (one) return false;
      one = ref;
    } else if (!seen[ref]) {
      seen[ref] = true;
      const ClassSet& side = allowed[manager_.fact(ref)];
      ClassId begin = 0;
      for (const auto [end, child] : manager_.runs(ref)) {
        if (side.size() == 0 || side.next(begin, true) < end) open.push_back(child);
        begin = end;
      }
    }
  }
  return true;
}

Example DiagramJudge::example(BlockId block, DiagramRef allowed, DiagramRef wanted) {
  Cube cube = smallest_cube(operations_, allowed, wanted);
  Example result;
  result.fewest = cube.fewest;
  DiagramRef inside = wanted;
  for (const auto& [fact, value] : cube.fixed) {
    ClassSet only(manager_.classes(fact));
    only.insert(value);
    result.cube.sides.push_back({fact, std::move(only)});
    inside = operations_.restrict(inside, fact, value);
  }
  result.point = first_point(manager_, inside);
  for (const auto& [fact, value] : cube.fixed) result.point[fact] = value;
  result.point.resize(model_.declared_facts);
  result.row = decides_at(block, result.point);
  result.sole = one_decides(block, result.cube.sides);
  return result;
}

std::vector<RowId> DiagramJudge::deciding(std::span<const RowId> rows, FormulaId also) {
  if (rows.empty()) return {};
  const BlockId block = model_.rules[model_.rows[rows[0]].rule].block;
  const std::vector<bool> found = leaves_of(
      {operations_.choose(formulas_.of(also), roots_[block], make_leaf(leaves_.undecided()))});
  std::vector<RowId> result;
  for (const RowId row : rows) {
    if (sound() && found[leaves_.row(row)]) result.push_back(row);
  }
  return result;
}

bool DiagramJudge::meets(const Region& region) { return set_of(region) != kDiagramFalse; }

std::optional<Example> DiagramJudge::find(const Region& region) {
  const DiagramRef set = set_of(region);
  if (set == kDiagramFalse || !sound()) return std::nullopt;
  return example(region.block, operations_.disjoin(set, excluded_), set);
}

namespace {

constexpr std::size_t kFewBoxes = 6;             // of each cover, whatever they cost
constexpr std::size_t kMoreSteps = 100'000'000;  // CoverLimit::steps; a second or two

// Boxes, their sizes and whether they are all, until a limit or the manager's budget is reached.
void add_boxes(DiagramOperations& operations, const Partition& partition, DiagramRef allowed,
               DiagramRef set, CoverLimit limit, Cover& cover) {
  DiagramManager& manager = operations.manager();
  DiagramRef rest = set;
  while (rest != kDiagramFalse && cover.boxes.size() < limit.boxes) {
    const bool counted = limit.steps != nullptr && cover.boxes.size() >= kFewBoxes;
    if (counted && *limit.steps >= kMoreSteps) break;
    const std::size_t before = manager.steps();
    Box box = widen(manager, allowed, smallest_cube(operations, allowed, rest));
    const DiagramRef own = diagram_of(manager, box);
    Count size = count(manager, partition, operations.conjoin(set, own), kDiagramTrue);
    const DiagramRef left = operations.subtract(rest, own);
    if (counted) *limit.steps += manager.steps() - before;
    if (!manager.within_budget()) return;
    cover.boxes.push_back(std::move(box));
    cover.sizes.push_back(std::move(size));
    rest = left;
  }
  cover.complete = rest == kDiagramFalse;
}

}  // namespace

Cover DiagramJudge::cover(const Region& region, CoverLimit limit) {
  Cover result;
  const DiagramRef set = set_of(region);
  result.size = count(manager_, partition_, set, kDiagramTrue);
  result.exact = true;
  const DiagramRef allowed = operations_.disjoin(set, excluded_);
  if (!sound()) return result;
  // In a manager of its own, with room for both, so that a long list uses up nothing of what other
  // questions need: how many boxes are asked for changes no finding.
  DiagramManager manager(manager_.order(), manager_.classes(),
                         {budget_.nodes * 4, budget_.edges * 4, budget_.steps * 4});
  DiagramOperations operations(manager);
  add_boxes(operations, partition_, operations.import(manager_, allowed),
            operations.import(manager_, set), limit, result);
  if (result.boxes.empty()) add_boxes(operations_, partition_, allowed, set, 1, result);
  return result;
}

std::vector<std::size_t> DiagramJudge::minimal_conflict(FormulaId base,
                                                        std::span<const FormulaId> parts,
                                                        Where place) {
  // before[i]: what `base` and the parts before i leave. Parts that change nothing are skipped.
  std::vector<DiagramRef> before = {operations_.conjoin(where(place), formulas_.of(base))};
  std::vector<std::size_t> used;
  for (std::size_t i = 0; i < parts.size() && before.back() != kDiagramFalse; ++i) {
    const DiagramRef next = operations_.conjoin(before.back(), formulas_.of(parts[i]));
    if (next == before.back()) continue;
    before.push_back(next);
    used.push_back(i);
  }
  // From the last to the first: keep a part only if those before it and those kept need it.
  std::vector<std::size_t> kept;
  for (std::size_t i = used.size(); i-- > 0 && sound();) {
    DiagramRef rest = before[i];
    for (const std::size_t k : kept) rest = operations_.conjoin(rest, formulas_.of(parts[k]));
    if (rest != kDiagramFalse) kept.push_back(used[i]);
  }
  std::sort(kept.begin(), kept.end());
  return kept;
}

std::optional<Count> DiagramJudge::admitted() {
  return count(manager_, partition_, excluded_, kDiagramFalse);
}

}  // namespace switchyard
