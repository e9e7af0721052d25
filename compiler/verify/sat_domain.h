#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "compiler/region/partition.h"
#include "compiler/verify/solver.h"

namespace switchyard {

// A number 0 .. n-1 in the solver: a variable a value where n is small, else a variable for every
// "at most i" (order encoding), with which sets that are few runs need few clauses.
class SatNumber {
 public:
  SatNumber(Solver& solver, std::size_t values);
  // A literal that holds if the value is in the set. `members` by value.
  Literal in(const std::vector<bool>& members);
  Literal at_most(std::size_t value) const;  // order encoding
  Literal is(std::size_t value);
  std::size_t value() const;  // after a true `solve`

 private:
  static constexpr std::size_t kMaxDirect = 8;
  bool direct() const { return values_ <= kMaxDirect; }

  Solver& solver_;
  std::size_t values_;
  std::vector<Literal> literals_;  // direct: by value; order: "at most i" for i < values - 1
};

// The class of one declared fact in the solver. Flags are a variable a symbol; with `%` an interval
// and a residue, tied where an interval lacks a residue; else one number: the class, or the interval
// where classes are many.
class SatDomain {
 public:
  SatDomain(Solver& solver, const Fact& fact, const Axis& axis);
  // Atom on this fact; `classes` are those in which it holds.
  Literal literal(const Atom& atom, const ClassSet& classes);
  ClassId value() const;  // after a true `solve`

 private:
  Literal bits_in(std::int64_t low, std::int64_t high);

  Solver& solver_;
  const Axis& axis_;
  std::vector<Literal> bits_;
  std::vector<SatNumber> numbers_;  // one: class or interval; two: interval, residue class
  bool by_class_ = false;
};

}  // namespace switchyard
