#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "runtime/log/decision_log.h"
#include "runtime/log/line_format.h"
#include "runtime/log/log_file.h"
#include "runtime/log/slow_paths.h"
#include "runtime/log/thread_log.h"

namespace switchyard {

// A DecisionLog's insides: the threads and tables that it knows, and the writer's thread.
class DecisionLog::Core : public TableRegistry {
 public:
  // `file` may be none: a log without a file. `forks` is kept for the caller.
  Core(LogConfig config, std::optional<LogFile> file, std::uint64_t forks);
  ~Core() override;

  std::uint64_t id() const { return id_; }  // of no other log of this process
  std::uint64_t forks() const { return forks_; }
  std::shared_ptr<ThreadLog> add_thread();
  void flush();
  LogStatus status() const;
  Metrics metrics() const;

  std::shared_ptr<LoggedTable> enter(const Table& table, std::uint64_t generation) override;

 private:
  // Past so many ends (rules move when a policy is edited), older ones are counted together.
  static constexpr std::size_t kMaxSeries = 20'000;
  using Threads = std::vector<std::shared_ptr<ThreadLog>>;
  using Series = std::map<DecisionCount, std::uint64_t>;  // keys have count 0
  using Sums = std::map<std::shared_ptr<LoggedTable>, std::vector<std::uint64_t>>;  // by counter

  // The writer's thread.
  void write_until_stopped();
  void drain();
  void take(ThreadLog& thread);
  void take(const LogRecord& record, const void* facts);
  void write_lines();
  void forget_left(const Threads& threads, const std::vector<bool>& finished);

  static void add(Series& series, const LoggedTable& logged, std::size_t counter,
                  std::uint64_t count);
  // Under mutex_.
  Sums sums() const;
  void fold_unused();

  const LogConfig config_;
  const std::uint64_t id_, forks_;

  mutable std::mutex mutex_;  // threads and tables
  Threads threads_;
  std::map<std::pair<const TableView*, std::uint64_t>, std::shared_ptr<LoggedTable>> tables_;
  std::map<std::string, TableInUse> newest_;  // by policy
  Series folded_;                             // of tables that are gone
  std::uint64_t lost_of_gone_ = 0;            // of threads that are gone

  // The writer's own.
  std::optional<LogFile> file_;
  SlowPaths slow_paths_;
  std::string lines_;
  LineFormat format_;
  std::uint64_t line_count_ = 0;  // in lines_
  std::uint64_t lost_ = 0;        // lines lost, as this drain began
  std::uint64_t told_ = 0;        // of them, those that a line in lines_ or the file tells
  std::uint64_t told_in_file_ = 0;

  mutable std::mutex status_mutex_;
  LogStatus status_;

  std::mutex wake_mutex_;
  std::condition_variable wake_, done_;
  bool stop_ = false;
  std::uint64_t flushes_asked_ = 0, flushes_done_ = 0;
  std::thread writer_;
};

}  // namespace switchyard
