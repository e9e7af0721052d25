#pragma once

#include <cstdint>
#include <span>
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

// Leaves of diagrams that are conditions.
inline constexpr DiagramRef kDiagramFalse = make_leaf(0);
inline constexpr DiagramRef kDiagramTrue = make_leaf(1);

struct DiagramBudget {  // never time, so that results repeat
  std::size_t nodes = 250'000;         // created
  std::size_t edges = 8'000'000;       // created
  std::size_t steps = 64'000'000;      // edges looked at by operations
};

// Owns nodes; they are never freed one by one. A ref belongs to one manager. Not thread-safe.
// Memory: 4 bytes an edge, 20 a node; within the default budget under 100 MiB, operations included.
class DiagramManager {
 public:
  // `order`: the facts from the root down; `classes`: by FactId, how many classes each has.
  DiagramManager(std::vector<FactId> order, std::vector<std::uint32_t> classes,
                 DiagramBudget budget);

  // False once the budget is used up; every further result is meaningless then, and cheap.
  bool within_budget() const { return !exhausted_; }

  // The node that branches on order()[level]; children by class, one each. Reduces: all children
  // equal gives that child. `children` may not point into this manager.
  DiagramRef node(std::uint32_t level, std::span<const DiagramRef> children);

  std::uint32_t level(DiagramRef inner) const { return nodes_[inner].level; }
  // The level of a leaf: below all facts.
  std::uint32_t level_or_leaf(DiagramRef ref) const {
    return is_leaf(ref) ? static_cast<std::uint32_t>(order_.size()) : nodes_[ref].level;
  }
  FactId fact(DiagramRef inner) const { return order_[nodes_[inner].level]; }
  // Valid until the next node is created.
  std::span<const DiagramRef> children(DiagramRef inner) const {
    return {edges_.data() + nodes_[inner].first_edge, classes_[fact(inner)]};
  }
  const std::vector<FactId>& order() const { return order_; }
  std::uint32_t level_of(FactId fact) const { return level_of_[fact]; }
  std::uint32_t classes(FactId fact) const { return classes_[fact]; }
  const std::vector<std::uint32_t>& classes() const { return classes_; }
  std::size_t size() const { return nodes_.size(); }  // nodes created

  // For operations: counts work; false when the budget is used up.
  bool spend(std::size_t steps) {
    steps_ += steps;
    if (steps_ > budget_.steps) exhausted_ = true;
    return !exhausted_;
  }
  void exhaust() { exhausted_ = true; }

 private:
  struct Node {
    std::uint32_t level;
    std::uint32_t first_edge;
    std::uint32_t hash;
  };
  void grow();

  std::vector<FactId> order_;
  std::vector<std::uint32_t> classes_;
  std::vector<std::uint32_t> level_of_;  // by FactId
  DiagramBudget budget_;
  std::size_t steps_ = 0;
  bool exhausted_ = false;
  std::vector<Node> nodes_;
  std::vector<DiagramRef> edges_;
  std::vector<std::uint32_t> slots_;  // open addressing: node index + 1, 0 free; a power of two
};

}  // namespace switchyard
