#include "compiler/verify/box_evaluator.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "compiler/diagram/build.h"
#include "runtime/base/check.h"

namespace switchyard {

void BoxEvaluator::set_box(std::vector<ClassSet> sides) {
  sides_ = std::move(sides);
  point_.clear();
  forget();
}

void BoxEvaluator::set_point(Point point) {
  point_ = std::move(point);
  forget();
}

void BoxEvaluator::set_side(FactId fact, ClassSet classes) {
  sides_[fact] = std::move(classes);
  forget();
}

void BoxEvaluator::forget() {
  ++now_;
  choices_.clear();
}

Truth BoxEvaluator::truth(FormulaId root) {
  if (stamp_.size() < formulas_.size()) {
    stamp_.resize(formulas_.size(), 0);
    known_.resize(formulas_.size());
  }
  if (stamp_[root] == now_) return known_[root];
  open_.push_back(enter(root));
  while (!open_.empty()) {
    Frame& at = open_.back();
    const Formulas::Kind kind = formulas_.kind(at.formula);
    const bool combined = kind == Formulas::Kind::kAnd || kind == Formulas::Kind::kOr;
    const Truth absorbing = kind == Formulas::Kind::kAnd ? Truth::kNever : Truth::kAlways;
    const std::size_t count =
        combined || kind == Formulas::Kind::kNot ? formulas_.operands(at.formula).size() : 0;
    std::optional<FormulaId> missing;
    while (at.next < count) {
      const FormulaId operand = formulas_.operands(at.formula)[at.next];
      if (stamp_[operand] != now_) {
        missing = operand;
        break;
      }
      const Truth part = known_[operand];
      ++at.next;
      if (!combined) {
        at.result = part == Truth::kUnknown  ? part
                    : part == Truth::kAlways ? Truth::kNever
                                             : Truth::kAlways;
      } else if (part == absorbing) {
        at.result = absorbing;
        break;
      } else if (part == Truth::kUnknown) {
        at.result = part;
      }
    }
    if (missing) {
      open_.push_back(enter(*missing));
      continue;
    }
    known_[at.formula] = at.result;
    stamp_[at.formula] = now_;
    open_.pop_back();
  }
  return known_[root];
}

// What a formula is before any of its operands is looked at.
BoxEvaluator::Frame BoxEvaluator::enter(FormulaId formula) {
  switch (formulas_.kind(formula)) {
    case Formulas::Kind::kBottom:
    case Formulas::Kind::kOr:
      return {formula, 0, Truth::kNever};
    case Formulas::Kind::kTop:
    case Formulas::Kind::kAnd:
    case Formulas::Kind::kNot:
      return {formula, 0, Truth::kAlways};
    case Formulas::Kind::kAtom:
      return {formula, 0, atom(formulas_.atom_of(formula))};
  }
  SWITCHYARD_CHECK(false);
}

Truth BoxEvaluator::atom(AtomId id) {
  const FactId fact = formulas_.atom(id).fact;
  const ClassSet& classes = partition_.atoms[id];
  if (fact < model_.declared_facts) {
    if (!point_.empty()) return classes.contains(point_[fact]) ? Truth::kAlways : Truth::kNever;
    if (sides_[fact].subset_of(classes)) return Truth::kAlways;
    return sides_[fact].disjoint(classes) ? Truth::kNever : Truth::kUnknown;
  }
  const BlockId block = model_.facts[fact].block;
  if (block >= choices_.size()) return Truth::kUnknown;  // not walked yet
  const Choice& choice = choices_[block];
  bool in = false, out = choice.none;
  for (std::size_t code = 0; code < choice.possible.size(); ++code) {
    if (!choice.possible[code]) continue;
    const ClassId c = partition_.axes[fact].class_of(static_cast<std::int64_t>(code));
    (classes.contains(c) ? in : out) = true;
  }
  if (in && out) return Truth::kUnknown;
  return in ? Truth::kAlways : Truth::kNever;
}

template <typename Ends>
bool BoxEvaluator::walk(BlockId last, Ends ends) {
  forget();
  for (BlockId id = 0; id <= last; ++id) {
    const Block& block = model_.blocks[id];
    Choice choice;
    choice.possible.resize(block.targets.size());
    choice.none = id > 0 && choices_[id - 1].none;
    bool open = true;
    for (RowId row = block.first_row; open && row < block.first_row + block.row_count; ++row) {
      const Truth matches = truth(model_.rows[row].formula);
      if (matches == Truth::kNever) continue;
      open = matches == Truth::kUnknown;
      const auto code = choice_of(model_, id, row);
      if (code) choice.possible[static_cast<std::size_t>(*code)] = true;
      else choice.none = true;
      if ((!code || id == last) && !ends(id, row)) return false;
    }
    if (open) {
      choice.none = true;
      if (!ends(id, kUndecided)) return false;
    }
    const bool goes_on =
        std::find(choice.possible.begin(), choice.possible.end(), true) != choice.possible.end();
    choices_.push_back(std::move(choice));
    if (!goes_on) break;
  }
  while (choices_.size() <= last) {
    // Never reached in this box.
    Choice never;
    never.possible.resize(model_.blocks[choices_.size()].targets.size());
    never.none = true;
    choices_.push_back(std::move(never));
  }
  return true;
}

bool BoxEvaluator::inside(const Region& region) {
  std::vector<std::pair<BlockId, RowId>> ends;
  walk(region.block, [&](BlockId block, RowId row) {
    ends.emplace_back(block, row);
    return true;
  });
  for (const auto& [block, row] : ends) {
    if (row == kUndecided && block != region.block) return false;
    const auto part = std::lower_bound(
        region.parts.begin(), region.parts.end(), row,
        [](const Region::Part& own, RowId wanted) { return own.row < wanted; });
    if (part == region.parts.end() || part->row != row) return false;
    if (truth(part->also) != Truth::kAlways) return false;
  }
  return !ends.empty();
}

RowId BoxEvaluator::decides(BlockId block) {
  RowId result = kUndecided;
  walk(block, [&](BlockId, RowId row) {
    result = row;
    return true;
  });
  return result;
}

RowId BoxEvaluator::matches(BlockId id) {
  const Block& block = model_.blocks[id];
  for (RowId row = block.first_row; row < block.first_row + block.row_count; ++row) {
    if (truth(model_.rows[row].formula) == Truth::kAlways) return row;
  }
  return kUndecided;
}

std::vector<ClassSet> sides_of(const Partition& partition, const Point& point) {
  std::vector<ClassSet> sides;
  for (FactId fact = 0; fact < point.size(); ++fact) {
    ClassSet side(partition.axes[fact].class_count());
    side.insert(point[fact]);
    sides.push_back(std::move(side));
  }
  return sides;
}

}  // namespace switchyard
