#pragma once

#include <algorithm>
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

// Neighbouring classes with one child: from the end of the run before (0 for the first) up to, not
// including, `end`. A condition on one of 20,000 classes has three runs, not 20,000 edges.
struct Run {
  ClassId end;
  DiagramRef child;
  friend bool operator==(const Run&, const Run&) = default;
};

// The runs of a node that is being made; neighbours with one child become one run.
class Runs {
 public:
  // The classes from the end so far up to, not including, `end`.
  void append(ClassId end, DiagramRef child) { append_from(0, end, child); }
  std::span<const Run> all() const { return runs_; }

  // As a stack of several nodes that are being made: `base` is where the topmost begins.
  std::size_t size() const { return runs_.size(); }
  void append_from(std::size_t base, ClassId end, DiagramRef child) {
    if (runs_.size() > base && runs_.back().child == child) {
      runs_.back().end = end;
    } else {
      runs_.push_back({end, child});
    }
  }
  std::span<const Run> from(std::size_t base) const { return std::span(runs_).subspan(base); }
  void resize(std::size_t size) { runs_.resize(size, Run{}); }

 private:
  std::vector<Run> runs_;
};

// The children of a node by class.
class Children {
 public:
  explicit Children(std::span<const Run> runs) : runs_(runs) {}
  std::size_t size() const { return runs_.back().end; }  // classes
  DiagramRef operator[](ClassId c) const {               // O(log runs)
    return std::upper_bound(runs_.begin(), runs_.end(), c,
                            [](ClassId value, const Run& run) { return value < run.end; })
        ->child;
  }

 private:
  std::span<const Run> runs_;
};

// Facts of a policy that has diagrams: operations go down a level a call, and the stack must last.
inline constexpr std::size_t kMaxLevels = 1024;

struct DiagramBudget {  // never time, so that results repeat
  std::size_t nodes = 250'000;         // created
  std::size_t edges = 8'000'000;       // runs of children, created
  std::size_t steps = 64'000'000;      // runs looked at by operations
};

// Owns nodes; they are never freed one by one. A ref belongs to one manager. Not thread-safe.
// Memory: 8 bytes a run, 20 a node; within the default budget under 130 MiB, operations included.
class DiagramManager {
 public:
  // `order`: the facts from the root down; `classes`: by FactId, how many classes each has.
  DiagramManager(std::vector<FactId> order, std::vector<std::uint32_t> classes,
                 DiagramBudget budget);

  // False once the budget is used up; every further result is meaningless then, and cheap.
  bool within_budget() const { return !exhausted_; }

  // The node that branches on order()[level]. `runs` cover its classes, neighbours differ; they may
  // not point into this manager. Reduces: one run gives its child.
  DiagramRef node(std::uint32_t level, std::span<const Run> runs);
  // `in` for the classes of a set, `out` for the others.
  DiagramRef node(std::uint32_t level, const ClassSet& set, DiagramRef in, DiagramRef out);

  std::uint32_t level(DiagramRef inner) const { return nodes_[inner].level; }
  // The level of a leaf: below all facts.
  std::uint32_t level_or_leaf(DiagramRef ref) const {
    return is_leaf(ref) ? static_cast<std::uint32_t>(order_.size()) : nodes_[ref].level;
  }
  FactId fact(DiagramRef inner) const { return order_[nodes_[inner].level]; }
  // Valid until the next node is created.
  std::span<const Run> runs(DiagramRef inner) const {
    const Node& own = nodes_[inner];
    return {runs_.data() + own.first_run, own.run_count};
  }
  Children children(DiagramRef inner) const { return Children(runs(inner)); }
  const std::vector<FactId>& order() const { return order_; }
  std::uint32_t level_of(FactId fact) const { return level_of_[fact]; }
  std::uint32_t classes(FactId fact) const { return classes_[fact]; }
  const std::vector<std::uint32_t>& classes() const { return classes_; }
  std::size_t size() const { return nodes_.size(); }  // nodes created
  std::size_t steps() const { return steps_; }        // runs looked at by operations

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
    std::uint32_t first_run, run_count;
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
  std::vector<Run> runs_;
  std::vector<std::uint32_t> slots_;  // open addressing: node index + 1, 0 free; a power of two
};

}  // namespace switchyard
