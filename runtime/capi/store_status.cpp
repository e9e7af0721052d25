#include <chrono>
#include <memory>
#include <vector>

#include "include/switchyard_store.h"
#include "runtime/capi/barrier.h"
#include "runtime/capi/served_table.h"

using switchyard::StoreStatus;
namespace capi = switchyard::capi;

namespace {

// What the caller holds, with what its texts are views of.
struct OwnedState : switchyard_store_state {
  StoreStatus status;
  std::vector<switchyard_kept_table> tables;
};

std::unique_ptr<OwnedState> state_of(StoreStatus status) {
  auto state = std::make_unique<OwnedState>();
  state->status = std::move(status);
  const StoreStatus& from = state->status;
  for (const StoreStatus::Kept& kept : from.kept) {
    state->tables.push_back({kept.generation, kept.hash.c_str()});
  }
  switchyard_store_state& out = *state;
  out = {.path = from.path.c_str(),
         .policy = from.policy.c_str(),
         .hash = from.hash.c_str(),
         .waiting = from.waiting.c_str(),
         .polling = from.polling.c_str(),
         .rejection = "",
         .diagnostics = "",
         .kept = state->tables.data(),
         .kept_count = state->tables.size(),
         .generation = from.generation,
         .accepted = from.accepted,
         .rejected = from.rejected,
         .loads = from.loads,
         .old_tables = from.old_tables,
         .rejection_count = 0,
         .rejection_time = 0,
         .rejection_stands = 0,
         .pinned = from.pinned};
  if (from.last_rejection) {
    out.rejection = from.last_rejection->reason.c_str();
    out.diagnostics = from.last_rejection->diagnostics.c_str();
    out.rejection_count = from.last_rejection->count;
    out.rejection_time = std::chrono::duration_cast<std::chrono::seconds>(
                             from.last_rejection->when.time_since_epoch())
                             .count();
    out.rejection_stands = from.last_rejection->standing;
  }
  return state;
}

}  // namespace

switchyard_status switchyard_store_status(const switchyard_store* store,
                                          switchyard_store_state** out, switchyard_error** error) {
  return capi::guarded(error, [&]() -> capi::Outcome {
    if (auto null = capi::null_among({"store", "out"}, store, out)) return null;
    *out = state_of(store->store->status()).release();
    return capi::kDone;
  });
}

void switchyard_store_status_free(switchyard_store_state* state) {
  delete static_cast<OwnedState*>(state);
}
