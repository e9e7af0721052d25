#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "compiler/diagram/diagram.h"

// Operations on diagrams. Every one is memoised for its own duration and linear in the pairs of
// nodes that it meets. Once the manager's budget is used up their results are meaningless: look at
// `within_budget` after each question.
namespace switchyard {

// Results of one operation by pair of refs. Cleared in constant time.
class PairCache {
 public:
  static constexpr DiagramRef kAbsent = kLeafBit - 1;  // no manager has that many nodes
  static constexpr std::size_t kMaxEntries = 1 << 20;

  PairCache() : entries_(1024) {}
  void clear() {
    ++epoch_;
    used_ = 0;
  }
  bool full() const { return used_ >= kMaxEntries; }
  DiagramRef find(DiagramRef a, DiagramRef b) const {
    for (std::size_t slot = hash(a, b) & mask();; slot = (slot + 1) & mask()) {
      const Entry& entry = entries_[slot];
      if (entry.epoch != epoch_) return kAbsent;
      if (entry.a == a && entry.b == b) return entry.result;
    }
  }
  void insert(DiagramRef a, DiagramRef b, DiagramRef result) {
    if ((used_ + 1) * 2 > entries_.size()) grow();
    place({a, b, result, epoch_});
    ++used_;
  }

 private:
  struct Entry {
    DiagramRef a = 0, b = 0, result = 0;
    std::uint32_t epoch = 0;
  };
  static std::size_t hash(DiagramRef a, DiagramRef b) {
    std::uint64_t h = (std::uint64_t{a} << 32 | b) * 0x9E3779B97F4A7C15u;
    return static_cast<std::size_t>(h ^ (h >> 31));
  }
  std::size_t mask() const { return entries_.size() - 1; }
  void place(const Entry& entry) {
    std::size_t slot = hash(entry.a, entry.b) & mask();
    while (entries_[slot].epoch == epoch_) slot = (slot + 1) & mask();
    entries_[slot] = entry;
  }
  void grow() {
    std::vector<Entry> old(entries_.size() * 2);
    old.swap(entries_);
    for (const Entry& entry : old) {
      if (entry.epoch == epoch_) place(entry);
    }
  }

  std::vector<Entry> entries_;
  std::size_t used_ = 0;
  std::uint32_t epoch_ = 1;
};

// Runs operations on one manager and keeps their scratch space.
class DiagramOperations {
 public:
  explicit DiagramOperations(DiagramManager& manager) : manager_(manager) {}
  DiagramManager& manager() { return manager_; }

  // The diagram whose value at each point is decided by `terminal(a, b)` of the two: it is asked for
  // every pair of refs met on the way down, answers as early as it can, and must answer two leaves.
  template <typename Terminal>
  DiagramRef apply(DiagramRef a, DiagramRef b, Terminal terminal) {
    pairs_.clear();
    return apply_step(a, b, terminal);
  }

  DiagramRef conjoin(DiagramRef a, DiagramRef b);
  DiagramRef disjoin(DiagramRef a, DiagramRef b);
  DiagramRef negate(DiagramRef a);
  // a and not b
  DiagramRef subtract(DiagramRef a, DiagramRef b);
  // Where `condition` holds `then`, elsewhere `otherwise`; any leaves.
  DiagramRef choose(DiagramRef condition, DiagramRef then, DiagramRef otherwise);
  // Where `base` has the leaf `open` and `condition` holds: `leaf`; elsewhere `base`.
  DiagramRef fill(DiagramRef base, DiagramRef open, DiagramRef condition, DiagramRef leaf);

  // Where `first` has the leaf `open`: `then`; elsewhere `first`.
  DiagramRef overlay(DiagramRef first, DiagramRef open, DiagramRef then);

  // Every leaf v becomes `values[v]`, itself a leaf ref.
  DiagramRef map_leaves(DiagramRef root, std::span<const DiagramRef> values);
  // The fact fixed to one class; the result does not depend on it.
  DiagramRef restrict(DiagramRef root, FactId fact, ClassId value);
  // `root` of another manager with the same order and classes.
  DiagramRef import(const DiagramManager& from, DiagramRef root);

 private:
  template <typename Terminal>
  DiagramRef apply_step(DiagramRef a, DiagramRef b, Terminal& terminal) {
    if (const std::optional<DiagramRef> known = terminal(a, b)) return *known;
    if (const DiagramRef known = pairs_.find(a, b); known != PairCache::kAbsent) return known;
    const std::uint32_t level = std::min(manager_.level_or_leaf(a), manager_.level_or_leaf(b));
    const ClassId count = manager_.classes(manager_.order()[level]);
    const bool split_a = manager_.level_or_leaf(a) == level;
    const bool split_b = manager_.level_or_leaf(b) == level;
    const std::size_t looked_at =
        (split_a ? manager_.runs(a).size() : 0) + (split_b ? manager_.runs(b).size() : 0);
    if (pairs_.full() || !manager_.spend(looked_at)) {
      manager_.exhaust();
      return kDiagramFalse;
    }
    const std::size_t base = scratch_.size();
    std::size_t next_a = 0, next_b = 0;
    for (ClassId end = 0; end < count;) {
      const Run own_a = split_a ? manager_.runs(a)[next_a] : Run{count, a};
      const Run own_b = split_b ? manager_.runs(b)[next_b] : Run{count, b};
      const DiagramRef child = apply_step(own_a.child, own_b.child, terminal);
      end = std::min(own_a.end, own_b.end);
      scratch_.append_from(base, end, child);
      if (own_a.end == end) ++next_a;
      if (own_b.end == end) ++next_b;
    }
    const DiagramRef result = manager_.node(level, scratch_.from(base));
    scratch_.resize(base);
    if (manager_.within_budget()) pairs_.insert(a, b, result);
    return result;
  }
  DiagramRef restrict_step(DiagramRef ref, std::uint32_t level, ClassId value);

  DiagramManager& manager_;
  PairCache pairs_;
  Runs scratch_;
};

}  // namespace switchyard
