#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "runtime/base/error.h"
#include "runtime/base/export.h"
#include "runtime/log/log_config.h"
#include "runtime/log/metrics.h"
#include "runtime/table/decision.h"
#include "runtime/table/table.h"

namespace switchyard {

// What a DecisionLog can say of itself.
struct LogStatus {
  std::string path;             // with `{pid}` replaced; empty without a file
  std::uint64_t lines = 0;      // written
  std::uint64_t lost_ring = 0;  // a thread's ring was full, or the decision was not of its table
  std::uint64_t lost_file = 0;  // the file could not be written
  std::uint64_t rotations = 0;
  std::uint64_t slow_paths = 0;
  std::string problem;  // why the file cannot be written or rotated now; empty: it can
};

// Of a decision, what the engine may add.
struct LogContext {
  static constexpr std::uint64_t kNoLatency = ~std::uint64_t{0};
  static constexpr std::int32_t kNoLayer = -1;
  std::uint64_t latency_ns = kNoLatency;  // of decide, or of the dispatch: the engine says which
  std::int32_t layer = kNoLayer;
};

// Counts decisions and writes some of them to a file of JSON Lines (docs/log-format.md), from a
// thread of its own. Any number of threads record(); what they record lies in a ring of each thread
// until the writer has formatted it. In a child of fork() a log of the parent records nothing, its
// status says so, and the child may open logs of its own.
class SWITCHYARD_EXPORT DecisionLog {
 public:
  // Opens the file and starts the writer. Errors: what check(config) says, and the file's.
  static Expected<std::unique_ptr<DecisionLog>> open(LogConfig config);

  // Writes what was recorded before, then closes. No thread may be in record().
  ~DecisionLog();
  DecisionLog(const DecisionLog&) = delete;
  DecisionLog& operator=(const DecisionLog&) = delete;

  // `decision` = decide(table, facts), by the table of that generation (a PolicyStore's, or any
  // number for a table that stays). Never waits for the file, and fails never: a full ring drops
  // the line and counts it. Only a thread's first decision with a table and generation takes a
  // mutex and allocates (its ring, its counters); it then keeps the newest table of each policy
  // alive until it records with the next one, or ends.
  void record(const Table& table, std::uint64_t generation, const void* facts,
              const Decision& decision, const LogContext& context = {}) noexcept;

  // Waits until all that this thread recorded before is in the file, or lost and counted.
  void flush();

  LogStatus status() const;
  // Counters since the log was opened, of all threads. A table's are joined with those of its
  // policy's other generations by target and rule. Cost: linear in rules times threads.
  Metrics metrics() const;

  class Core;

 private:
  explicit DecisionLog(std::unique_ptr<Core> core);

  std::unique_ptr<Core> core_;
};

}  // namespace switchyard
