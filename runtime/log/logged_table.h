#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "runtime/log/log_config.h"
#include "runtime/log/seen_boxes.h"
#include "runtime/table/decision.h"
#include "runtime/table/table.h"
#include "runtime/table/view.h"

namespace switchyard {

// A table of one generation as a DecisionLog knows it: what was seen of it, and what its lines say
// again and again. Keeps the table alive.
class LoggedTable {
 public:
  LoggedTable(const Table& table, std::uint64_t generation, LogConfig::First first);

  const Table& table() const { return table_; }
  const TableView* view() const { return view_; }
  std::uint64_t generation() const { return generation_; }
  std::size_t facts_size() const { return facts_size_; }

  // Counters: one a leaf, then one a fact for values outside its domain.
  std::size_t counters() const { return leaves_ + table_.facts().size(); }
  std::size_t counter_of(const Decision& decision) const noexcept {
    return decision.kind == Decision::Kind::kBadFact ? leaves_ + decision.index : decision.leaf;
  }
  // What a counter stands for. A leaf that no decision has yields kUndecided.
  Decision decision_of(std::size_t counter) const;

  // Whether a decision is the first of its kind. Any thread; neither locks nor allocates.
  bool is_first(const Decision& decision, const void* facts) noexcept {
    if (first_ == LogConfig::First::kNone) return false;
    if (by_box(decision)) return !boxes_->has(hash_of_box_(facts));
    const std::size_t at = counter_of(decision);
    return (seen_[at / 64].load(std::memory_order_relaxed) >> (at % 64) & 1) == 0;
  }
  void mark_seen(const Decision& decision, const void* facts) noexcept {
    if (by_box(decision)) boxes_->insert(hash_of_box_(facts));
    const std::size_t at = counter_of(decision);
    seen_[at / 64].fetch_or(std::uint64_t{1} << (at % 64), std::memory_order_relaxed);
  }

  // What a leaf's lines say of the outcome; the writer's thread only. Not for kBadFact.
  const std::string& outcome_text(const Decision& decision);
  // The box that the facts lie in: the combination of their classes, of those that no condition of
  // the policy tells apart; hashed, never 0. The facts must be inside their domains.
  std::uint64_t box_of(const void* facts) const noexcept { return hash_of_box_(facts); }
  // By target, the faster ones.
  const std::vector<std::vector<std::uint32_t>>& faster() const { return faster_; }

  // Threads that hold it, and what those counted that hold it no longer. Under the log's mutex.
  std::uint32_t users = 0;
  std::vector<std::uint64_t> counted;

 private:
  // A value outside its domain has no class.
  bool by_box(const Decision& decision) const noexcept {
    return boxes_ != nullptr && decision.kind != Decision::Kind::kBadFact && !boxes_->closed();
  }

  const Table table_;
  const TableView* const view_;
  const std::uint64_t generation_;
  const std::size_t facts_size_;
  const std::size_t leaves_;
  const LogConfig::First first_;
  const std::unique_ptr<std::atomic<std::uint64_t>[]> seen_;  // bit by counter
  const std::unique_ptr<SeenBoxes> boxes_;                    // with kBox
  const BoxHash hash_of_box_;
  const std::vector<std::vector<std::uint32_t>> faster_;
  std::vector<std::string> outcome_texts_;  // by leaf; empty: not made yet
};

}  // namespace switchyard
