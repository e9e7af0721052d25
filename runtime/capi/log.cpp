#include <chrono>
#include <memory>

#include "include/switchyard_log.h"
#include "runtime/capi/barrier.h"
#include "runtime/capi/decision.h"
#include "runtime/capi/handles.h"
#include "runtime/capi/served_table.h"
#include "runtime/log/decision_log.h"
#include "runtime/log/slow_path.h"

using switchyard::DecisionLog;
using switchyard::LogConfig;
using switchyard::LogStatus;
namespace capi = switchyard::capi;

struct switchyard_log {
  std::unique_ptr<DecisionLog> log;
};

namespace {

static_assert(SWITCHYARD_NO_LAYER == switchyard::LogContext::kNoLayer);
static_assert(SWITCHYARD_NO_LATENCY == switchyard::LogContext::kNoLatency);

LogConfig config_of(const switchyard_log_options& given) {
  LogConfig out;
  if (given.slow_path != nullptr) {
    out.on_slow_path = [given](const switchyard::SlowPath& slow) {
      given.slow_path(given.user, to_text(slow).c_str());
    };
  }
  if (given.problem != nullptr) {
    out.on_problem = [given](const std::string& problem) {
      given.problem(given.user, problem.c_str());
    };
  }
  if (given.path != nullptr) out.path = given.path;
  if (given.sample_every != 0) out.sample_every = given.sample_every;
  if (given.sample_every == SWITCHYARD_LOG_SAMPLE_NONE) out.sample_every = 0;
  if (given.max_file_bytes != 0) out.max_file_bytes = given.max_file_bytes;
  if (given.ring_bytes != 0) out.ring_bytes = given.ring_bytes;
  if (given.first == SWITCHYARD_LOG_FIRST_OF_RULE) out.first = LogConfig::First::kRule;
  if (given.first == SWITCHYARD_LOG_FIRST_NONE) out.first = LogConfig::First::kNone;
  if (given.keep_files != 0) out.keep_files = given.keep_files;
  if (given.poll_ms != 0) out.poll = std::chrono::milliseconds(given.poll_ms);
  return out;
}

// What the caller holds, with what its texts are views of.
struct OwnedState : switchyard_log_state {
  LogStatus status;
};

}  // namespace

switchyard_status switchyard_log_open(const switchyard_log_options* options, switchyard_log** out,
                                      switchyard_error** error) {
  return capi::guarded(error, [&]() -> capi::Outcome {
    if (auto null = capi::null_among({"out"}, out)) return null;
    const switchyard_log_options none{};
    if (options != nullptr && options->first > SWITCHYARD_LOG_FIRST_NONE) {
      return capi::invalid("`first` is no SWITCHYARD_LOG_FIRST_…: they are 0, 1 and 2");
    }
    LogConfig config = config_of(options == nullptr ? none : *options);
    if (const auto good = check(config); !good) return capi::invalid(good.error().message);
    auto log = DecisionLog::open(std::move(config));
    if (!log) return capi::failure(SWITCHYARD_BAD_FILE, log.error());
    *out = new switchyard_log{std::move(*log)};
    return capi::kDone;
  });
}

void switchyard_log_free(switchyard_log* log) { delete log; }

void switchyard_log_record(switchyard_log* log, const switchyard_table* table, uint64_t generation,
                           const void* facts, switchyard_decision decision, int32_t layer,
                           uint64_t latency_ns) {
  log->log->record(table->table, generation, facts, capi::from_c(decision), {latency_ns, layer});
}

void switchyard_log_flush(switchyard_log* log) {
  if (log != nullptr) log->log->flush();
}

switchyard_status switchyard_log_status(const switchyard_log* log, switchyard_log_state** out,
                                        switchyard_error** error) {
  return capi::guarded(error, [&]() -> capi::Outcome {
    if (auto null = capi::null_among({"log", "out"}, log, out)) return null;
    auto state = std::make_unique<OwnedState>();
    state->status = log->log->status();
    const LogStatus& from = state->status;
    switchyard_log_state& told = *state;
    told = {.path = from.path.c_str(),
            .problem = from.problem.c_str(),
            .lines = from.lines,
            .lost_ring = from.lost_ring,
            .lost_file = from.lost_file,
            .rotations = from.rotations,
            .slow_paths = from.slow_paths};
    *out = state.release();
    return capi::kDone;
  });
}

void switchyard_log_status_free(switchyard_log_state* state) {
  delete static_cast<OwnedState*>(state);
}

switchyard_status switchyard_log_metrics(const switchyard_log* log,
                                         const switchyard_store* const* stores, size_t store_count,
                                         char** out, switchyard_error** error) {
  return capi::guarded(error, [&]() -> capi::Outcome {
    if (auto null = capi::null_among({"log", "out"}, log, out)) return null;
    if (stores == nullptr && store_count != 0) return capi::is_null("stores");
    switchyard::Metrics metrics = log->log->metrics();
    for (size_t i = 0; i < store_count; ++i) {
      if (stores[i] == nullptr) return capi::is_null("stores");
      const switchyard::StoreStatus status = stores[i]->store->status();
      metrics.reloads.push_back({status.policy, status.accepted, status.rejected});
    }
    *out = capi::new_string(to_prometheus(metrics));
    return capi::kDone;
  });
}
