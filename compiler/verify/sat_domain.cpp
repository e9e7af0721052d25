#include "compiler/verify/sat_domain.h"

#include "runtime/base/check.h"

namespace switchyard {

namespace {

constexpr std::size_t kMaxNumberedClasses = 64;  // with more, the interval stands for the class
constexpr std::size_t kMaxFlagClasses = 16;

}  // namespace

SatNumber::SatNumber(Solver& solver, std::size_t values) : solver_(solver), values_(values) {
  if (values_ == 1) {
    literals_ = {solver_.always()};
  } else if (values_ == 2) {
    const Literal first = solver_.variable();
    literals_ = {first, -first};
  } else if (direct()) {
    for (std::size_t i = 0; i < values_; ++i) literals_.push_back(solver_.variable());
    solver_.clause(literals_);
    for (std::size_t i = 0; i < values_; ++i) {
      for (std::size_t k = 0; k < i; ++k) solver_.clause({-literals_[i], -literals_[k]});
    }
  } else {
    for (std::size_t i = 0; i + 1 < values_; ++i) {
      literals_.push_back(solver_.variable());
      if (i > 0) solver_.clause({-literals_[i - 1], literals_[i]});
    }
  }
}

Literal SatNumber::at_most(std::size_t value) const {
  return value + 1 == values_ ? solver_.always() : literals_[value];
}

Literal SatNumber::is(std::size_t value) {
  if (direct()) return literals_[value];
  if (value == 0) return at_most(0);
  return solver_.all({at_most(value), -at_most(value - 1)});
}

Literal SatNumber::in(const std::vector<bool>& members) {
  std::vector<Literal> parts;
  for (std::size_t i = 0; i < values_; ++i) {
    if (!members[i]) continue;
    if (direct()) {
      parts.push_back(literals_[i]);
      continue;
    }
    std::size_t last = i;
    while (last + 1 < values_ && members[last + 1]) ++last;
    const Literal from = i == 0 ? solver_.always() : -at_most(i - 1);
    parts.push_back(solver_.all({from, at_most(last)}));
    i = last;
  }
  if (direct() && parts.size() == values_) return solver_.always();
  return solver_.any(std::move(parts));
}

std::size_t SatNumber::value() const {
  for (std::size_t i = 0; i < literals_.size(); ++i) {
    if (solver_.value(literals_[i])) return i;
  }
  return values_ - 1;
}

SatDomain::SatDomain(Solver& solver, const Fact& fact, const Axis& axis)
    : solver_(solver), axis_(axis) {
  if (fact.kind == FactKind::kFlags && axis.class_count() > kMaxFlagClasses) {
    for (std::size_t i = 0; i < fact.symbols.size(); ++i) bits_.push_back(solver.variable());
    return;
  }
  by_class_ = axis.class_count() <= kMaxNumberedClasses;
  if (by_class_ || axis.modulus == 1) {
    numbers_.emplace_back(solver, by_class_ ? axis.class_count() : axis.intervals.size());
    return;
  }
  const std::size_t width = axis.residue_classes;
  numbers_.emplace_back(solver, axis.intervals.size());
  numbers_.emplace_back(solver, width);
  std::vector<Literal> residues;
  for (std::size_t r = 0; r < width; ++r) residues.push_back(numbers_[1].is(r));
  for (std::size_t i = 0; i < axis.intervals.size(); ++i) {
    const Literal here = numbers_[0].is(i);
    for (std::size_t r = 0; r < width; ++r) {
      if (axis.class_of_cell[i * width + r] == Axis::kNoClass) solver.clause({-here, -residues[r]});
    }
  }
}

// The codes low .. high as blocks of which all lower bits are free.
Literal SatDomain::bits_in(std::int64_t low, std::int64_t high) {
  std::vector<Literal> blocks;
  while (low <= high) {
    std::size_t free = 0;
    while (free < bits_.size() && (low & ((std::int64_t{2} << free) - 1)) == 0 &&
           low + (std::int64_t{2} << free) - 1 <= high) {
      ++free;
    }
    std::vector<Literal> fixed;
    for (std::size_t bit = free; bit < bits_.size(); ++bit) {
      fixed.push_back(((low >> bit) & 1) != 0 ? bits_[bit] : -bits_[bit]);
    }
    blocks.push_back(solver_.all(std::move(fixed)));
    low += std::int64_t{1} << free;
  }
  return solver_.any(std::move(blocks));
}

Literal SatDomain::literal(const Atom& atom, const ClassSet& classes) {
  if (!bits_.empty()) {
    std::vector<Literal> parts;
    if (atom.kind == Atom::Kind::kIn) {
      for (const Interval& interval : atom.intervals) {
        parts.push_back(bits_in(interval.low, interval.high));
      }
      return solver_.any(std::move(parts));
    }
    for (std::size_t bit = 0; bit < bits_.size(); ++bit) {
      if ((atom.operand >> bit) & 1) parts.push_back(bits_[bit]);
    }
    return atom.kind == Atom::Kind::kAny ? solver_.any(std::move(parts))
                                         : solver_.all(std::move(parts));
  }
  if (by_class_) {
    std::vector<bool> members(axis_.class_count());
    for (ClassId c = 0; c < members.size(); ++c) members[c] = classes.contains(c);
    return numbers_[0].in(members);
  }
  if (atom.kind == Atom::Kind::kModulo && axis_.modulus > 1) {
    std::vector<bool> members(axis_.residue_classes);
    for (std::size_t r = 0; r < axis_.residue_class.size(); ++r) {
      if (atom.holds(static_cast<std::int64_t>(r))) members[axis_.residue_class[r]] = true;
    }
    return numbers_[1].in(members);
  }
  std::vector<bool> members(axis_.intervals.size());
  for (std::size_t i = 0; i < members.size(); ++i) members[i] = atom.holds(axis_.intervals[i].low);
  return numbers_[0].in(members);
}

ClassId SatDomain::value() const {
  if (!bits_.empty()) {
    std::int64_t code = 0;
    for (std::size_t bit = 0; bit < bits_.size(); ++bit) {
      if (solver_.value(bits_[bit])) code |= std::int64_t{1} << bit;
    }
    return axis_.class_of(code);
  }
  if (by_class_) return static_cast<ClassId>(numbers_[0].value());
  const std::size_t residue = numbers_.size() > 1 ? numbers_[1].value() : 0;
  const ClassId c = axis_.class_of_cell[numbers_[0].value() * axis_.residue_classes + residue];
  SWITCHYARD_CHECK(c != Axis::kNoClass);
  return c;
}

}  // namespace switchyard
