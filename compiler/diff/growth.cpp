#include "compiler/diff/growth.h"

#include <algorithm>

#include "compiler/diagram/build.h"
#include "runtime/base/check.h"

namespace switchyard::diff {

namespace {

constexpr std::size_t kMaxBoxes = 64;  // of one formula

}  // namespace

Growth::Growth(const Pair& pair, const Partition& partition)
    : partition_(partition),
      declared_(pair.old_model.declared_facts),
      old_{pair.old_model, {pair.old_model, pair.old_model.formulas, partition}},
      new_{pair.new_model, {pair.new_model, pair.new_model.formulas, partition}},
      ranges_(2 * pair.old_model.formulas.size()),
      uses_(declared_) {}

std::vector<ClassSet> Growth::grow(const Point& point, std::uint32_t old_leaf,
                                   std::uint32_t new_leaf, std::span<const FormulaId> outside) {
  limits_.clear();
  keep_end(old_, point, old_leaf);
  keep_end(new_, point, new_leaf);
  for (const FormulaId formula : outside) keep(new_.model, formula, false);
  // The last facts become free first, so that those declared first tell a reader where he is.
  std::vector<ClassSet> sides(declared_);
  for (FactId fact = declared_; fact-- > 0;) {
    sides[fact] = widest(fact);
    widen(fact, sides[fact]);
  }
  for (const std::uint32_t box : needed_) apart_[box] = 0;
  needed_.clear();
  return sides;
}

void Growth::keep_end(Side& side, const Point& point, std::uint32_t leaf) {
  const Model& model = side.model;
  const LeafCodes leaves = leaf_codes(model);
  point_ = point;
  point_.resize(model.facts.size());
  chosen_.assign(model.facts.size(), false);
  reasons_.clear();
  const auto assumed = [&](std::uint32_t a) { return model.assumptions[a].condition.formula; };
  const bool excluded = leaves.is_excluded(leaf);
  const std::uint32_t violated = excluded ? leaf - leaves.rows : leaves.assumptions;
  for (std::uint32_t a = 0; a < violated; ++a) keep(model, assumed(a), true);
  if (excluded) return keep(model, assumed(violated), false);
  if (model.blocks.size() > 1) side.evaluator.set_point(point);
  for (BlockId id = 0; id < model.blocks.size(); ++id) {
    const Block& block = model.blocks[id];
    const RowId end = block.first_row + block.row_count;
    RowId row = leaf >= block.first_row && leaf < end ? leaf : kUndecided;
    if (row == kUndecided && model.blocks.size() > 1) row = side.evaluator.decides(id);
    for (RowId before = block.first_row; before < std::min(row, end); ++before) {
      keep(model, model.rows[before].formula, false);
    }
    if (row == kUndecided) return;
    keep(model, model.rows[row].formula, true);
    if (row == leaf) return;
    const std::optional<std::int64_t> code = choice_of(model, id, row);
    SWITCHYARD_CHECK(code && block.fact);
    point_[*block.fact] = partition_.axes[*block.fact].class_of(*code);
    chosen_[*block.fact] = true;
  }
}

void Growth::keep(const Model& model, FormulaId formula, bool truth) {
  const Range& range = boxes_where(model, formula, !truth);
  if (range.state == Range::State::kExpanded) {
    for (std::size_t box = range.first; box < range.last; ++box) {
      avoid(static_cast<std::uint32_t>(box));
    }
    return;
  }
  const Reason& found = reason(model.formulas, formula, truth);
  SWITCHYARD_CHECK(found);
  for (const auto& [fact, classes] : *found) {
    const auto [limit, fresh] = limits_.emplace(fact, classes);
    if (!fresh) limit->second = limit->second & classes;
  }
}

const Growth::Range& Growth::boxes_where(const Model& model, FormulaId formula, bool truth) {
  Range& range = ranges_[2 * formula + (truth ? 1 : 0)];
  if (range.state != Range::State::kNew) return range;
  std::optional<std::vector<Box>> boxes = boxes_of(model, partition_, formula, kMaxBoxes, !truth);
  range.state = boxes ? Range::State::kExpanded : Range::State::kTooMany;
  if (!boxes) return range;
  range.first = boxes_.size();
  for (Box& box : *boxes) {
    const auto id = static_cast<std::uint32_t>(boxes_.size());
    boxes_.push_back(std::move(box));
    apart_.push_back(0);
    for (const Box::Side& side : boxes_.back().sides) {
      if (side.fact < declared_) uses_[side.fact].push_back({id, &side.classes});
    }
  }
  range.last = boxes_.size();
  return range;
}

void Growth::avoid(std::uint32_t box) {
  if (apart_[box] > 0) return;
  std::uint32_t apart = 0;
  for (const Box::Side& side : boxes_[box].sides) {
    const bool out = !side.classes.contains(point_[side.fact]);
    if (side.fact < declared_) {
      apart += out ? 1 : 0;
    } else if (out) {
      return;  // the decision keeps it away, whatever the facts
    }
  }
  SWITCHYARD_CHECK(apart > 0);
  apart_[box] = apart;
  needed_.push_back(box);
}

const Growth::Reason& Growth::reason(const Formulas& formulas, FormulaId formula, bool truth) {
  const auto key = std::pair(formula, truth);
  if (const auto known = reasons_.find(key); known != reasons_.end()) return known->second;
  return reasons_.emplace(key, reason_of(formulas, formula, truth)).first->second;
}

Growth::Reason Growth::reason_of(const Formulas& formulas, FormulaId formula, bool truth) {
  using Parts = std::map<FactId, ClassSet>;
  switch (formulas.kind(formula)) {
    case Formulas::Kind::kBottom:
      return truth ? std::nullopt : Reason(Parts{});
    case Formulas::Kind::kTop:
      return truth ? Reason(Parts{}) : std::nullopt;
    case Formulas::Kind::kAtom: {
      const AtomId atom = formulas.atom_of(formula);
      const FactId fact = formulas.atom(atom).fact;
      const bool known = fact < declared_ || chosen_[fact];
      const bool holds = known && partition_.atoms[atom].contains(point_[fact]);
      if (holds != truth) return std::nullopt;
      if (fact >= declared_) return Parts{};
      return Parts{{fact, truth ? partition_.atoms[atom] : ~partition_.atoms[atom]}};
    }
    case Formulas::Kind::kNot:
      return reason(formulas, formulas.operands(formula)[0], !truth);
    case Formulas::Kind::kAnd:
    case Formulas::Kind::kOr:
      break;
  }
  const bool all = (formulas.kind(formula) == Formulas::Kind::kAnd) == truth;
  Reason result = all ? Reason(Parts{}) : std::nullopt;
  for (const FormulaId operand : formulas.operands(formula)) {
    const Reason& part = reason(formulas, operand, truth);
    if (!all) {
      if (part && (!result || part->size() < result->size())) result = part;
      continue;
    }
    if (!part) return std::nullopt;
    for (const auto& [fact, classes] : *part) {
      const auto [own, fresh] = result->emplace(fact, classes);
      if (!fresh) own->second = own->second & classes;
    }
  }
  return result;
}

ClassSet Growth::widest(FactId fact) const {
  ClassSet side(partition_.axes[fact].class_count(), true);
  if (const auto limit = limits_.find(fact); limit != limits_.end()) side = limit->second;
  for (const Use& use : uses_[fact]) {
    // The last fact that keeps the box away must go on to do so.
    if (apart_[use.box] == 1 && !use.classes->contains(point_[fact])) side.remove(*use.classes);
  }
  return side;
}

void Growth::widen(FactId fact, const ClassSet& side) {
  for (const Use& use : uses_[fact]) {
    if (apart_[use.box] > 1 && !use.classes->contains(point_[fact]) &&
        !side.disjoint(*use.classes)) {
      --apart_[use.box];
    }
  }
}

}  // namespace switchyard::diff
