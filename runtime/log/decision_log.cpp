#include "runtime/log/decision_log.h"

#include <pthread.h>

#include <atomic>
#include <optional>
#include <utility>
#include <vector>

#include "runtime/log/log_core.h"

namespace switchyard {
namespace {

// This thread's parts of the logs that it has recorded with.
class OwnLogs {
 public:
  OwnLogs() = default;
  OwnLogs(const OwnLogs&) = delete;
  OwnLogs& operator=(const OwnLogs&) = delete;
  ~OwnLogs();

  ThreadLog* of(DecisionLog::Core& log);

 private:
  std::vector<std::pair<std::uint64_t, std::shared_ptr<ThreadLog>>> logs_;  // by Core::id
};

// The one that was asked for last, without the guard that an object with a destructor has. kEnded
// once the thread's OwnLogs are gone: destructors of the thread's own may still decide.
constexpr std::uint64_t kEnded = ~std::uint64_t{0};
thread_local std::uint64_t last_log = 0;
thread_local ThreadLog* last_thread_log = nullptr;

// How many forks lie between this process and the one that loaded the library. A log that was
// opened before one has no writer here, and locks that nobody may release.
std::atomic<std::uint64_t> forks{0};

void after_fork() {
  forks.fetch_add(1, std::memory_order_relaxed);
  last_log = 0;  // of the only thread that a child has: it asks again
}

OwnLogs::~OwnLogs() {
  for (const auto& [id, log] : logs_) log->finish();
  last_log = kEnded;
}

ThreadLog* OwnLogs::of(DecisionLog::Core& log) {
  for (const auto& [id, own] : logs_) {
    if (id == log.id()) return own.get();
  }
  // Logs that were closed are held by this thread alone.
  std::erase_if(logs_, [](const auto& own) { return own.second.use_count() == 1; });
  return logs_.emplace_back(log.id(), log.add_thread()).second.get();
}

ThreadLog* own_log(DecisionLog::Core& log) {
  if (last_log == log.id()) return last_thread_log;
  if (last_log == kEnded || log.forks() != forks) return nullptr;
  thread_local OwnLogs own;
  last_thread_log = own.of(log);
  last_log = log.id();
  return last_thread_log;
}

}  // namespace

DecisionLog::DecisionLog(std::unique_ptr<Core> core) : core_(std::move(core)) {}
DecisionLog::~DecisionLog() {
  if (core_->forks() != forks) (void)core_.release();  // to destroy it would wait for its writer
}

Expected<std::unique_ptr<DecisionLog>> DecisionLog::open(LogConfig config) {
  if (auto good = check(config); !good) return tl::unexpected(good.error());
  static const int watching_forks = ::pthread_atfork(nullptr, nullptr, after_fork);
  if (watching_forks != 0) return fail("out of memory for a decision log");
  std::optional<LogFile> file;
  if (!config.path.empty()) {
    Expected<LogFile> opened = LogFile::open(config.path, config.max_file_bytes, config.keep_files);
    if (!opened) return tl::unexpected(opened.error());
    file.emplace(std::move(*opened));
  }
  return std::unique_ptr<DecisionLog>(
      new DecisionLog(std::make_unique<Core>(std::move(config), std::move(file), forks)));
}

void DecisionLog::record(const Table& table, std::uint64_t generation, const void* facts,
                         const Decision& decision, const LogContext& context) noexcept {
  ThreadLog* own = own_log(*core_);
  if (own == nullptr) return;
  own->record(table, generation, facts, decision, context.latency_ns, context.layer);
}

void DecisionLog::flush() {
  if (core_->forks() == forks) core_->flush();
}

LogStatus DecisionLog::status() const {
  if (core_->forks() == forks) return core_->status();
  LogStatus status;
  status.problem = "this log was opened before a fork, and is the parent's; open another one here";
  return status;
}

Metrics DecisionLog::metrics() const {
  if (core_->forks() == forks) return core_->metrics();
  Metrics metrics;
  metrics.writing = false;
  return metrics;
}

}  // namespace switchyard
