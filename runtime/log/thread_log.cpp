#include "runtime/log/thread_log.h"

#include <time.h>

#include <algorithm>
#include <cstring>
#include <limits>

namespace switchyard {
namespace {

// To within a tick of the kernel (1 to 10 ms): lines show milliseconds, and this costs a fifth.
std::int64_t now_ns() {
  timespec now = {};
  ::clock_gettime(CLOCK_REALTIME_COARSE, &now);
  return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

}  // namespace

ThreadLog::ThreadLog(const LogConfig& config, std::mutex& mutex, TableRegistry& registry)
    : sample_every_(config.sample_every == 0 ? std::numeric_limits<std::uint64_t>::max()
                                             : config.sample_every),
      mutex_(mutex),
      registry_(registry),
      until_sample_(sample_every_),
      ring_(config.ring_bytes) {}

ThreadLog::Use* ThreadLog::find(const Table& table, std::uint64_t generation) {
  for (std::size_t i = 0; i < uses_.size(); ++i) {
    if (uses_[i]->view != &table.view() || uses_[i]->generation != generation) continue;
    return last_ = uses_[i].get();
  }
  const std::lock_guard lock(mutex_);
  // A newer generation takes the place of the older one of its policy, so that a thread keeps one
  // table a policy alive; threads with very many policies give up the one entered first.
  const auto older = std::find_if(uses_.begin(), uses_.end(), [&](const auto& use) {
    return use->table->table().policy() == table.policy() && use->generation < generation;
  });
  if (older != uses_.end()) {
    leave(static_cast<std::size_t>(older - uses_.begin()));
  } else if (uses_.size() == kMaxUses) {
    leave(0);
  }
  auto use = std::make_unique<Use>();
  use->view = &table.view();
  use->generation = generation;
  use->table = registry_.enter(table, generation);
  ++use->table->users;
  use->counters = use->table->counters();
  use->counts = std::make_unique<std::atomic<std::uint64_t>[]>(use->counters);
  uses_.push_back(std::move(use));
  return last_ = uses_.back().get();
}

void ThreadLog::leave(std::size_t use) {
  Use& own = *uses_[use];
  for (std::size_t c = 0; c < own.counters; ++c) {
    own.table->counted[c] += own.counts[c].load(std::memory_order_relaxed);
  }
  left_.push_back({std::move(own.table), ring_.position()});
  uses_.erase(uses_.begin() + static_cast<std::ptrdiff_t>(use));
  last_ = nullptr;
}

void ThreadLog::push(LoggedTable& table, const void* facts, const Decision& decision,
                     std::uint64_t latency_ns, std::int32_t layer, bool first) noexcept {
  std::byte* place = ring_.reserve(sizeof(LogRecord) + table.facts_size());
  if (place == nullptr) {
    lost_.store(lost_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    return;
  }
  const LogRecord record{&table, now_ns(), latency_ns, decision, layer};
  std::memcpy(place, &record, sizeof record);
  std::memcpy(place + sizeof record, facts, table.facts_size());
  ring_.publish();
  // Only what is in the ring was seen: a line that was lost is tried again.
  if (first) table.mark_seen(decision, facts);
}

void ThreadLog::release_left(std::vector<std::shared_ptr<LoggedTable>>& released) {
  const std::uint64_t consumed = ring_.consumed();
  std::erase_if(left_, [&](Left& left) {
    if (left.position > consumed) return false;
    --left.table->users;
    released.push_back(std::move(left.table));
    return true;
  });
}

void ThreadLog::release_all(std::vector<std::shared_ptr<LoggedTable>>& released) {
  while (!uses_.empty()) leave(uses_.size() - 1);
  release_left(released);
}

}  // namespace switchyard
