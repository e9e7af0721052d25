#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <vector>

// Boolean formulas over the codes of facts, hash-consed: equal formulas have equal ids, shared
// parts (lets) are stored once. Immutable nodes; ids of operands are smaller than their user's.
namespace switchyard {

using FactId = std::uint32_t;     // index into Model::facts
using FormulaId = std::uint32_t;  // index into Formulas
using AtomId = std::uint32_t;     // index into Formulas' atoms

inline constexpr FormulaId kFalse = 0;
inline constexpr FormulaId kTrue = 1;

struct Interval {  // inclusive
  std::int64_t low = 0, high = 0;
  friend auto operator<=>(const Interval&, const Interval&) = default;
};

// "x in intervals", "(x mod modulus) in intervals" (mod is never negative), or "x & mask" is not 0
// (kAny) / is mask (kAll).
struct Atom {
  enum class Kind : std::uint8_t { kIn, kModulo, kAny, kAll } kind = Kind::kIn;
  FactId fact = 0;
  std::int64_t operand = 0;          // kModulo: the modulus, > 0; kAny, kAll: the mask
  std::vector<Interval> intervals;   // kIn, kModulo: ascending, disjoint, not adjacent
  friend auto operator<=>(const Atom&, const Atom&) = default;

  bool holds(std::int64_t code) const;
};

class Formulas {
 public:
  enum class Kind : std::uint8_t { kBottom, kTop, kAtom, kNot, kAnd, kOr };

  Formulas();

  // An atom that is empty or covers the fact's whole range [low, high] becomes kFalse or kTrue.
  FormulaId atom(Atom atom, std::int64_t low, std::int64_t high);
  // Simplify constants, `not not`, duplicates and complements. Nested and/or are not flattened,
  // since that would copy shared parts.
  FormulaId negate(FormulaId a);
  FormulaId all(std::vector<FormulaId> operands);
  FormulaId any(std::vector<FormulaId> operands);
  FormulaId all(FormulaId a, FormulaId b) { return all(std::vector{a, b}); }
  FormulaId any(FormulaId a, FormulaId b) { return any(std::vector{a, b}); }
  FormulaId implies(FormulaId a, FormulaId b) { return any(negate(a), b); }

  Kind kind(FormulaId id) const { return nodes_[id].kind; }
  AtomId atom_of(FormulaId id) const { return nodes_[id].first; }          // kAtom
  std::span<const FormulaId> operands(FormulaId id) const;                 // kNot, kAnd, kOr
  const Atom& atom(AtomId id) const { return atoms_[id]; }
  std::size_t atom_count() const { return atoms_.size(); }
  std::size_t size() const { return nodes_.size(); }

 private:
  struct Node {
    Kind kind;
    std::uint32_t first = 0, count = 0;  // kAtom: atom id; else a range of operands_
  };
  FormulaId intern(Kind kind, std::vector<FormulaId> operands);
  FormulaId combine(Kind kind, std::vector<FormulaId> operands);

  std::vector<Node> nodes_;
  std::vector<FormulaId> operands_;
  std::vector<Atom> atoms_;
  std::map<Atom, FormulaId> by_atom_;
  std::map<std::pair<Kind, std::vector<FormulaId>>, FormulaId> by_operands_;
};

}  // namespace switchyard
