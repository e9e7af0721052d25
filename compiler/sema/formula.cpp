#include "compiler/sema/formula.h"

#include <algorithm>

#include "runtime/base/check.h"

namespace switchyard {

namespace {

bool contains(const std::vector<Interval>& intervals, std::int64_t code) {
  const auto next = std::upper_bound(
      intervals.begin(), intervals.end(), code,
      [](std::int64_t value, const Interval& interval) { return value < interval.low; });
  return next != intervals.begin() && code <= std::prev(next)->high;
}

}  // namespace

bool Atom::holds(std::int64_t code) const {
  switch (kind) {
    case Kind::kIn:
      return contains(intervals, code);
    case Kind::kModulo: {
      const std::int64_t remainder = code % operand;
      return contains(intervals, remainder < 0 ? remainder + operand : remainder);
    }
    case Kind::kAny:
      return (code & operand) != 0;
    case Kind::kAll:
      return (code & operand) == operand;
  }
  SWITCHYARD_CHECK(false);
}

Formulas::Formulas() {
  nodes_.push_back({Kind::kBottom, 0, 0});
  nodes_.push_back({Kind::kTop, 0, 0});
}

FormulaId Formulas::atom(Atom atom, std::int64_t low, std::int64_t high) {
  switch (atom.kind) {
    case Atom::Kind::kIn: {
      std::vector<Interval> clipped;
      for (const Interval& interval : atom.intervals) {
        const Interval part{std::max(interval.low, low), std::min(interval.high, high)};
        if (part.low <= part.high) clipped.push_back(part);
      }
      if (clipped.empty()) return kFalse;
      if (clipped.size() == 1 && clipped[0].low == low && clipped[0].high == high) return kTrue;
      atom.intervals = std::move(clipped);
      break;
    }
    case Atom::Kind::kModulo:
      SWITCHYARD_CHECK(atom.operand > 0);
      if (atom.intervals.empty()) return kFalse;
      if (atom.intervals[0].low == 0 && atom.intervals[0].high == atom.operand - 1) return kTrue;
      break;
    case Atom::Kind::kAny:
      if (atom.operand == 0) return kFalse;
      break;
    case Atom::Kind::kAll:
      if (atom.operand == 0) return kTrue;
      break;
  }
  if (const auto found = by_atom_.find(atom); found != by_atom_.end()) return found->second;
  const auto id = static_cast<FormulaId>(nodes_.size());
  nodes_.push_back({Kind::kAtom, static_cast<std::uint32_t>(atoms_.size()), 0});
  atoms_.push_back(atom);
  by_atom_.emplace(std::move(atom), id);
  return id;
}

FormulaId Formulas::negate(FormulaId a) {
  if (a == kFalse) return kTrue;
  if (a == kTrue) return kFalse;
  if (kind(a) == Kind::kNot) return operands(a)[0];
  return intern(Kind::kNot, {a});
}

FormulaId Formulas::all(std::vector<FormulaId> given) {
  return combine(Kind::kAnd, std::move(given));
}

FormulaId Formulas::any(std::vector<FormulaId> given) {
  return combine(Kind::kOr, std::move(given));
}

FormulaId Formulas::combine(Kind kind, std::vector<FormulaId> given) {
  const FormulaId neutral = kind == Kind::kAnd ? kTrue : kFalse;
  const FormulaId absorbing = kind == Kind::kAnd ? kFalse : kTrue;
  std::sort(given.begin(), given.end());
  given.erase(std::unique(given.begin(), given.end()), given.end());
  std::erase(given, neutral);
  for (const FormulaId operand : given) {
    if (operand == absorbing) return absorbing;
    const bool complemented = this->kind(operand) == Kind::kNot &&
                              std::binary_search(given.begin(), given.end(), operands(operand)[0]);
    if (complemented) return absorbing;
  }
  if (given.empty()) return neutral;
  if (given.size() == 1) return given[0];
  return intern(kind, std::move(given));
}

FormulaId Formulas::intern(Kind kind, std::vector<FormulaId> operands) {
  const auto key = std::pair(kind, operands);
  if (const auto found = by_operands_.find(key); found != by_operands_.end()) return found->second;
  const auto id = static_cast<FormulaId>(nodes_.size());
  nodes_.push_back({kind, static_cast<std::uint32_t>(operands_.size()),
                    static_cast<std::uint32_t>(operands.size())});
  operands_.insert(operands_.end(), operands.begin(), operands.end());
  by_operands_.emplace(std::move(key), id);
  return id;
}

std::span<const FormulaId> Formulas::operands(FormulaId id) const {
  const Node& node = nodes_[id];
  SWITCHYARD_CHECK(node.kind == Kind::kNot || node.kind == Kind::kAnd || node.kind == Kind::kOr);
  return {operands_.data() + node.first, node.count};
}

}  // namespace switchyard
