#include "runtime/decide/residual.h"

#include "runtime/capi/barrier.h"
#include "runtime/capi/decision.h"
#include "runtime/capi/handles.h"

namespace capi = switchyard::capi;

switchyard_status switchyard_residual_bind(const switchyard_facts* facts, switchyard_residual** out,
                                           switchyard_error** error) {
  return capi::guarded(error, [&]() -> capi::Outcome {
    if (auto null = capi::null_among({"facts", "out"}, facts, out)) return null;
    auto residual = switchyard::ResidualTable::bind(facts->table, facts->row);
    if (!residual) return capi::failure(SWITCHYARD_BAD_FACT, residual.error());
    *out = new switchyard_residual{std::move(*residual)};
    return capi::kDone;
  });
}

void switchyard_residual_free(switchyard_residual* residual) { delete residual; }

switchyard_decision switchyard_residual_decide(const switchyard_residual* residual,
                                               const void* facts) {
  return capi::to_c(residual->residual.decide(facts));
}
