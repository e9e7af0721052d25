#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "runtime/log/byte_ring.h"
#include "runtime/log/log_config.h"
#include "runtime/log/logged_table.h"

namespace switchyard {

// What is known of one decision, as it lies in a ring; the struct of facts follows.
struct LogRecord {
  static constexpr std::uint64_t kNoLatency = ~std::uint64_t{0};
  static constexpr std::int32_t kNoLayer = -1;

  LoggedTable* table;
  std::int64_t time_ns;  // since 1970
  std::uint64_t latency_ns;
  Decision decision;
  std::int32_t layer;
};

// The tables that a log knows. Called under its mutex.
class TableRegistry {
 public:
  virtual ~TableRegistry() = default;
  virtual std::shared_ptr<LoggedTable> enter(const Table& table, std::uint64_t generation) = 0;
};

// One thread's part of a DecisionLog: its ring, its counters, the tables that it decides with. Only
// its thread calls record(); counters and the table list are read under the log's mutex.
class ThreadLog {
 public:
  ThreadLog(const LogConfig& config, std::mutex& mutex, TableRegistry& registry);

  // Counts the decision, and puts it into the ring if it is a first or sampled one. Waits, and
  // allocates, only when the thread comes with this table and generation after another one.
  void record(const Table& table, std::uint64_t generation, const void* facts,
              const Decision& decision, std::uint64_t latency_ns, std::int32_t layer) noexcept {
    Use* use = last_;
    if (use == nullptr || use->view != &table.view() || use->generation != generation)
        [[unlikely]] {
      use = find(table, generation);
    }
    const std::size_t counter = use->table->counter_of(decision);
    if (counter >= use->counters) [[unlikely]] {
      lost_.store(lost_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
      return;  // not a decision of this table
    }
    std::atomic<std::uint64_t>& count = use->counts[counter];  // this thread alone writes it
    count.store(count.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    const bool sampled = --until_sample_ == 0;
    if (sampled) until_sample_ = sample_every_;
    const bool first = use->table->is_first(decision, facts);
    if (!sampled && !first) return;
    push(*use->table, facts, decision, latency_ns, layer, first);
  }

  // The thread is gone: what is in the ring is all there will be.
  void finish() noexcept { finished_.store(true, std::memory_order_release); }
  bool finished() const noexcept { return finished_.load(std::memory_order_acquire); }

  // The writer's.
  ByteRing& ring() { return ring_; }
  std::uint64_t lost() const noexcept { return lost_.load(std::memory_order_relaxed); }
  // Lets go of tables that the thread has left and whose lines are all written. Under the mutex.
  void release_left(std::vector<std::shared_ptr<LoggedTable>>& released);
  void release_all(std::vector<std::shared_ptr<LoggedTable>>& released);

  // A table that this thread decides with. Changes under the mutex only.
  struct Use {
    const TableView* view;
    std::uint64_t generation;
    std::shared_ptr<LoggedTable> table;
    std::size_t counters;
    std::unique_ptr<std::atomic<std::uint64_t>[]> counts;
  };
  const std::vector<std::unique_ptr<Use>>& uses() const { return uses_; }  // under the mutex

 private:
  struct Left {
    std::shared_ptr<LoggedTable> table;
    std::uint64_t position;  // of the ring when it was left
  };
  static constexpr std::size_t kMaxUses = 16;

  Use* find(const Table& table, std::uint64_t generation);
  void leave(std::size_t use);
  void push(LoggedTable& table, const void* facts, const Decision& decision,
            std::uint64_t latency_ns, std::int32_t layer, bool first) noexcept;

  const std::uint64_t sample_every_;  // never 0: then so many that it never comes
  std::mutex& mutex_;
  TableRegistry& registry_;
  Use* last_ = nullptr;
  std::uint64_t until_sample_;
  std::vector<std::unique_ptr<Use>> uses_;  // last used last
  std::vector<Left> left_;
  std::atomic<std::uint64_t> lost_{0};
  std::atomic<bool> finished_{false};
  ByteRing ring_;
};

}  // namespace switchyard
