#include <algorithm>
#include <map>

#include "compiler/verify/diagram_judge.h"

// The diagrams' answers about what would change: one fact, or one rule.
namespace switchyard {

std::optional<DiagramJudge::Pair> DiagramJudge::differing(FactId fact, FormulaId when, BlockId block,
                                                          bool undecided_too) {
  // Leaves: an outcome, `undecided`, or `outside` where there is none to speak of.
  const DiagramRef outside = make_leaf(static_cast<std::uint32_t>(model_.outcomes.size()));
  const DiagramRef conflict = make_leaf(static_cast<std::uint32_t>(model_.outcomes.size()) + 1);
  const DiagramRef undecided = make_leaf(static_cast<std::uint32_t>(model_.outcomes.size()) + 2);
  std::vector<DiagramRef> values(leaves_.undecided() + 1, outside);
  for (RowId row = 0; row < leaves_.rows; ++row) values[row] = make_leaf(model_.rows[row].outcome);
  if (undecided_too) values[leaves_.undecided()] = undecided;
  const DiagramRef outcomes =
      operations_.choose(formulas_.of(when), operations_.map_leaves(roots_[block], values), outside);

  const auto join = [&](DiagramRef a, DiagramRef b) -> std::optional<DiagramRef> {
    if (a == conflict || b == conflict) return conflict;
    if (a == outside || a == b) return b;
    if (b == outside) return a;
    if (is_leaf(a) && is_leaf(b)) return conflict;
    return std::nullopt;
  };
  const auto conflicts = [&](DiagramRef a, DiagramRef b) {
    std::vector<DiagramRef> only(model_.outcomes.size() + 3, kDiagramFalse);
    only[leaf_value(conflict)] = kDiagramTrue;
    return operations_.map_leaves(operations_.apply(a, b, join), only);
  };

  std::map<DiagramRef, ClassId> first_with;                // what is left of the policy -> class
  std::vector<std::pair<DiagramRef, ClassId>> by_class;  // likewise, by class
  DiagramRef all = outside;
  for (ClassId c = 0; c < manager_.classes(fact) && sound(); ++c) {
    const DiagramRef own = operations_.restrict(outcomes, fact, c);
    if (!first_with.emplace(own, c).second) continue;
    if (conflicts(all, own) == kDiagramFalse) {
      all = operations_.apply(all, own, join);
      by_class.emplace_back(own, c);
      continue;
    }
    for (const auto& [other, before] : by_class) {
      const DiagramRef wanted = conflicts(other, own);
      if (wanted != kDiagramFalse && sound()) return Pair{before, c, wanted};
    }
  }
  return std::nullopt;
}

std::optional<Difference> DiagramJudge::difference(FactId fact, FormulaId when) {
  const BlockId last = static_cast<BlockId>(roots_.size() - 1);
  const std::optional<Pair> pair = differing(fact, when, last, false);
  if (!pair) return std::nullopt;
  const DiagramRef allowed = operations_.disjoin(
      pair->where, operations_.disjoin(operations_.restrict(excluded_, fact, pair->first),
                                       operations_.restrict(excluded_, fact, pair->second)));
  if (!sound()) return std::nullopt;  // past the budget a diagram means nothing
  Difference result;
  result.first = example(last, allowed, pair->where);
  result.first_class = pair->first;
  result.second_class = pair->second;
  Point second = result.first.point;
  result.first.point[fact] = pair->first;
  second[fact] = pair->second;
  result.first.row = decides_at(last, result.first.point);
  result.second_row = decides_at(last, second);
  std::vector<Box::Side> sides = result.first.cube.sides;
  sides.push_back({fact, ClassSet(manager_.classes(fact))});
  sides.back().classes.insert(pair->second);
  result.second_sole = one_decides(last, sides);
  sides.back().classes = ClassSet(manager_.classes(fact));
  sides.back().classes.insert(pair->first);
  result.first.sole = one_decides(last, sides);
  if (!sound()) return std::nullopt;
  return result;
}

bool DiagramJudge::matters(FactId fact) {
  for (BlockId block = 0; block < roots_.size(); ++block) {
    if (differing(fact, kTrue, block, true)) return true;
  }
  return false;
}

DiagramJudge::Seconds& DiagramJudge::seconds(BlockId id) {
  if (seconds_[id]) return *seconds_[id];
  Seconds& result = seconds_[id].emplace();
  // On the way leaf 0 is outside the block, 1 open; the others say which rule decides and what comes
  // without it, kNone as long as that is open.
  const DiagramRef outside = make_leaf(0), open = make_leaf(1);
  std::map<std::pair<RuleId, std::uint32_t>, std::uint32_t> known;
  const auto leaf_of = [&](RuleId rule, std::uint32_t outcome) {
    const auto [place, added] =
        known.try_emplace({rule, outcome}, static_cast<std::uint32_t>(result.after.size()));
    if (added) result.after.emplace_back(rule, outcome);
    return make_leaf(place->second + 2);
  };
  const std::vector<DiagramRef> start = {outside, open};
  DiagramRef root = operations_.map_leaves(where(Where::reaching(id)), start);
  const Block& block = model_.blocks[id];
  for (RowId row = block.first_row; row < block.first_row + block.row_count && sound(); ++row) {
    const RuleId rule = model_.rows[row].rule;
    const auto step = [&](DiagramRef a, DiagramRef b) -> std::optional<DiagramRef> {
      if (b == kDiagramFalse) return a;
      if (!is_leaf(a)) return std::nullopt;
      if (a == outside) return a;
      if (a != open) {
        const auto& [first, outcome] = result.after[leaf_value(a) - 2];
        if (outcome != kNone || first == rule) return a;
      }
      if (b != kDiagramTrue) return std::nullopt;
      if (a == open) return leaf_of(rule, kNone);
      return leaf_of(result.after[leaf_value(a) - 2].first, model_.rows[row].outcome);
    };
    root = operations_.apply(root, formulas_.of(model_.rows[row].formula), step);
  }
  if (!sound()) return result;
  std::vector<DiagramRef> values = {outside, outside};
  for (std::uint32_t i = 0; i < result.after.size(); ++i) values.push_back(make_leaf(i + 1));
  result.root = operations_.map_leaves(root, values);
  return result;
}

bool DiagramJudge::passes(RuleId rule, FormulaId formula, std::optional<OutcomeId> unless) {
  if (formula == kFalse) return false;
  const BlockId id = model_.rules[rule].block;
  Seconds& own = seconds(id);
  if (!sound()) return false;
  const auto [place, added] = own.differs.try_emplace({rule, unless.value_or(kNone)}, kDiagramFalse);
  if (added) {
    // Where a later rule decides, or none: what it gives. Where the rule itself does: what would.
    const Block& block = model_.blocks[id];
    const DiagramRef later = select(roots_[id], [&](std::uint32_t leaf) {
      if (leaf == leaves_.undecided()) return true;
      return leaves_.is_row(leaf) && leaf >= first_row_[rule] &&
             leaf < block.first_row + block.row_count && model_.rows[leaf].rule != rule &&
             (!unless || model_.rows[leaf].outcome != *unless);
    });
    std::vector<DiagramRef> values = {kDiagramFalse};
    for (const auto& [decides, outcome] : own.after) {
      const bool differs = decides == rule && (!unless || outcome != *unless);
      values.push_back(differs ? kDiagramTrue : kDiagramFalse);
    }
    place->second = operations_.disjoin(
        operations_.conjoin(where(Where::reaching(id)), later),
        operations_.map_leaves(own.root, values));
  }
  return operations_.conjoin(place->second, formulas_.of(formula)) != kDiagramFalse;
}

}  // namespace switchyard
