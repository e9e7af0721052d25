#include "runtime/log/log_core.h"

#include <chrono>
#include <cstring>
#include <span>

namespace switchyard {
namespace {

std::uint64_t next_id() {
  static std::atomic<std::uint64_t> last{0};
  return last.fetch_add(1, std::memory_order_relaxed) + 1;
}

}  // namespace

DecisionLog::Core::Core(LogConfig config, std::optional<LogFile> file, std::uint64_t forks)
    : config_(std::move(config)), id_(next_id()), forks_(forks), file_(std::move(file)) {
  if (file_) status_.path = file_->path();
  writer_ = std::thread([this] { write_until_stopped(); });
}

DecisionLog::Core::~Core() {
  {
    const std::lock_guard lock(wake_mutex_);
    stop_ = true;
  }
  wake_.notify_one();
  writer_.join();
}

std::shared_ptr<ThreadLog> DecisionLog::Core::add_thread() {
  const std::lock_guard lock(mutex_);
  return threads_.emplace_back(std::make_shared<ThreadLog>(config_, mutex_, *this));
}

std::shared_ptr<LoggedTable> DecisionLog::Core::enter(const Table& table,
                                                      std::uint64_t generation) {
  std::shared_ptr<LoggedTable>& known = tables_[{&table.view(), generation}];
  if (known == nullptr) known = std::make_shared<LoggedTable>(table, generation, config_.first);
  TableInUse& newest = newest_[table.policy()];
  if (newest.policy.empty() || generation >= newest.generation) {
    newest = {table.policy(), table.hash(), generation};
  }
  return known;
}

void DecisionLog::Core::flush() {
  std::unique_lock lock(wake_mutex_);
  const std::uint64_t own = ++flushes_asked_;
  wake_.notify_one();
  done_.wait(lock, [&] { return flushes_done_ >= own; });
}

LogStatus DecisionLog::Core::status() const {
  std::uint64_t lost = 0;
  {
    const std::lock_guard lock(mutex_);
    lost = lost_of_gone_;
    for (const auto& thread : threads_) lost += thread->lost();
  }
  const std::lock_guard lock(status_mutex_);
  LogStatus status = status_;
  status.lost_ring = lost;
  return status;
}

// ---- Counters
// ------------------------------------------------------------------------------------

void DecisionLog::Core::add(Series& series, const LoggedTable& logged, std::size_t counter,
                            std::uint64_t count) {
  const Table& table = logged.table();
  const Decision decision = logged.decision_of(counter);
  DecisionCount key{table.policy(), decision.kind, "", "", 0};
  // A rule that never decided is shown with 0; rows of inner decisions never end one.
  bool show_zero = false;
  switch (decision.kind) {
    case Decision::Kind::kTarget: {
      const RuleInfo& rule = table.rules()[decision.rule];
      show_zero = rule.block + 1 == table.blocks().size();
      key.target = table.targets()[table.outcomes()[decision.index].target].name;
      key.rule = rule.location;
      break;
    }
    case Decision::Kind::kRefused:
      show_zero = true;
      key.rule = table.rules()[decision.rule].location;
      break;
    case Decision::Kind::kExcluded:
      key.rule = table.assumptions()[decision.index].location;
      break;
    case Decision::Kind::kBadFact:
      key.rule = table.facts()[decision.index].name;
      break;
    case Decision::Kind::kUndecided:
      break;
  }
  if (count == 0 && !show_zero) return;
  if (series.size() >= kMaxSeries && series.find(key) == series.end()) key.rule = "(older tables)";
  series[key] += count;
}

DecisionLog::Core::Sums DecisionLog::Core::sums() const {
  Sums sums;
  for (const auto& [key, table] : tables_) sums.emplace(table, table->counted);
  for (const auto& thread : threads_) {
    for (const auto& use : thread->uses()) {
      std::vector<std::uint64_t>& sum = sums[use->table];
      for (std::size_t c = 0; c < use->counters; ++c) {
        sum[c] += use->counts[c].load(std::memory_order_relaxed);
      }
    }
  }
  return sums;
}

Metrics DecisionLog::Core::metrics() const {
  Metrics metrics;
  Series series;
  Sums live;
  {
    // Only copies: a thread that comes with a new table waits for this.
    const std::lock_guard lock(mutex_);
    series = folded_;
    live = sums();
    for (const auto& [policy, table] : newest_) metrics.tables.push_back(table);
  }
  for (const auto& [table, counts] : live) {
    for (std::size_t c = 0; c < counts.size(); ++c) add(series, *table, c, counts[c]);
  }
  for (const auto& [key, count] : series) {
    metrics.decisions.push_back(key);
    metrics.decisions.back().count = count;
  }
  const LogStatus now = status();
  metrics.lines = now.lines;
  metrics.lost_ring = now.lost_ring;
  metrics.lost_file = now.lost_file;
  metrics.rotations = now.rotations;
  metrics.slow_paths = now.slow_paths;
  metrics.writing = now.problem.empty();
  return metrics;
}

void DecisionLog::Core::fold_unused() {
  for (auto it = tables_.begin(); it != tables_.end();) {
    const LoggedTable& table = *it->second;
    if (table.users != 0) {
      ++it;
      continue;
    }
    for (std::size_t c = 0; c < table.counters(); ++c) {
      if (table.counted[c] != 0) add(folded_, table, c, table.counted[c]);
    }
    it = tables_.erase(it);
  }
}

// ---- The writer's thread
// -------------------------------------------------------------------------

void DecisionLog::Core::write_until_stopped() {
  std::unique_lock lock(wake_mutex_);
  auto next_look = std::chrono::steady_clock::now();
  for (bool last = false; !last;) {
    wake_.wait_for(lock, config_.poll, [&] { return stop_ || flushes_asked_ != flushes_done_; });
    last = stop_;
    const std::uint64_t asked = flushes_asked_;
    lock.unlock();
    const auto now = std::chrono::steady_clock::now();
    if (file_ && now >= next_look) {
      file_->follow_path();
      next_look = now + std::chrono::seconds(1);
    }
    drain();
    lock.lock();
    flushes_done_ = asked;
    done_.notify_all();
  }
}

void DecisionLog::Core::drain() {
  Threads threads;
  {
    const std::lock_guard lock(mutex_);
    threads = threads_;
  }
  const LogStatus before = status();
  lost_ = before.lost_ring + before.lost_file;
  std::vector<bool> finished;
  for (const auto& thread : threads) {
    finished.push_back(thread->finished());  // before its ring is read: nothing comes after
    take(*thread);
  }
  write_lines();
  forget_left(threads, finished);
}

void DecisionLog::Core::take(ThreadLog& thread) {
  // What is there now and no more, so that one busy thread does not keep the others waiting.
  const std::uint64_t end = thread.ring().position();
  while (thread.ring().consumed() != end) {
    const std::span<const std::byte> bytes = thread.ring().front();
    if (bytes.empty()) break;
    LogRecord record;
    std::memcpy(&record, bytes.data(), sizeof record);
    take(record, bytes.data() + sizeof record);
    thread.ring().pop();
    constexpr std::size_t kBatch = 64 << 10;
    if (lines_.size() >= kBatch) write_lines();
  }
}

void DecisionLog::Core::take(const LogRecord& record, const void* facts) {
  LoggedTable& logged = *record.table;
  if (config_.on_slow_path) {
    if (const auto slow = slow_paths_.look(logged, facts, record.decision)) {
      config_.on_slow_path(*slow);
      const std::lock_guard lock(status_mutex_);
      ++status_.slow_paths;
    }
  }
  if (!file_) return;
  format_.append(lines_, record, facts, lost_ - told_);
  told_ = lost_;
  ++line_count_;
}

void DecisionLog::Core::write_lines() {
  if (line_count_ == 0) return;
  std::uint64_t written = 0;
  const Expected<void> done = file_->write(lines_, written);
  const std::string problem = done ? file_->rotation_problem() : done.error().message;
  bool is_new = false;
  {
    const std::lock_guard lock(status_mutex_);
    status_.lines += written;
    status_.lost_file += line_count_ - written;
    status_.rotations = file_->rotations();
    is_new = !problem.empty() && problem != status_.problem;
    status_.problem = problem;
  }
  lines_.clear();
  line_count_ = 0;
  // A line that was to tell of lost ones may itself be lost.
  told_ = done ? told_ : told_in_file_;
  told_in_file_ = told_;
  if (is_new && config_.on_problem) config_.on_problem(problem);
}

void DecisionLog::Core::forget_left(const Threads& threads, const std::vector<bool>& finished) {
  std::vector<std::shared_ptr<LoggedTable>> released;  // destroyed without the mutex
  const std::lock_guard lock(mutex_);
  for (std::size_t i = 0; i < threads.size(); ++i) {
    if (!finished[i]) {
      threads[i]->release_left(released);
      continue;
    }
    threads[i]->release_all(released);
    lost_of_gone_ += threads[i]->lost();
    std::erase(threads_, threads[i]);
  }
  fold_unused();
}

}  // namespace switchyard
