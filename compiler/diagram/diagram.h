#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "compiler/region/partition.h"

// Stage 5: reduced, ordered, multi-valued, multi-terminal decision diagrams over the classes of the
// declared facts, hash-consed: two diagrams of one manager are equal functions iff their refs are.
namespace switchyard {

// An inner node (index) or, with the top bit, a leaf value.
using DiagramRef = std::uint32_t;
inline constexpr DiagramRef kLeafBit = 0x8000'0000u;
constexpr bool is_leaf(DiagramRef ref) { return (ref & kLeafBit) != 0; }
constexpr std::uint32_t leaf_value(DiagramRef ref) { return ref & ~kLeafBit; }
constexpr DiagramRef make_leaf(std::uint32_t value) { return value | kLeafBit; }

// What a decision diagram's leaves say. For a model with R rows and A assumptions: 0 .. R-1 the
// deciding row; R .. R+A-1 excluded, the first assumption violated; R+A undecided.
struct LeafCodes {
  std::uint32_t rows, assumptions;
  std::uint32_t row(RowId r) const { return r; }
  std::uint32_t excluded(std::uint32_t assumption) const { return rows + assumption; }
  std::uint32_t undecided() const { return rows + assumptions; }
};

struct DiagramBudget {  // never time, so that results repeat
  std::size_t nodes = 250'000;     // created
  std::size_t edges = 8'000'000;   // created
};

class DiagramManager {
 public:
  // `order`: the facts from the root down; `classes`: by FactId.
  DiagramManager(std::vector<FactId> order, std::vector<std::uint32_t> classes,
                 DiagramBudget budget);

  // False once the budget is used up; every further result is meaningless then.
  bool within_budget() const;

  // The node that branches on order()[level]; children by class, one each. Reduces: all children
  // equal gives that child.
  DiagramRef node(std::uint32_t level, std::span<const DiagramRef> children);
  std::uint32_t level(DiagramRef inner) const;
  FactId fact(DiagramRef inner) const { return order_[level(inner)]; }
  std::span<const DiagramRef> children(DiagramRef inner) const;
  const std::vector<FactId>& order() const { return order_; }
  std::size_t size() const;  // nodes created

 private:
  struct Impl;
  std::vector<FactId> order_;
  std::shared_ptr<Impl> impl_;
};

}  // namespace switchyard
