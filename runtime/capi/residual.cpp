#include "runtime/decide/residual.h"

#include <cstring>
#include <vector>

#include "runtime/capi/barrier.h"
#include "runtime/capi/decision.h"
#include "runtime/capi/handles.h"

namespace capi = switchyard::capi;

namespace switchyard::capi {
namespace {

std::int64_t code_of(const FactInfo& fact, const void* facts) {
  const auto* at = static_cast<const unsigned char*>(facts) + fact.offset;
  if (fact.width == 8) {
    std::int64_t code;
    std::memcpy(&code, at, sizeof code);
    return code;
  }
  std::int32_t code;
  std::memcpy(&code, at, sizeof code);
  return code;
}

}  // namespace

Expected<ResidualTable> fold(const switchyard_facts& row) {
  std::vector<StaticFact> known;
  const std::vector<FactInfo>& facts = row.table.facts();
  for (std::uint32_t i = 0; i < facts.size(); ++i) {
    if (row.row.is_set(i)) known.push_back({i, code_of(facts[i], row.row.data())});
  }
  return ResidualTable::bind(row.table, known);
}

}  // namespace switchyard::capi

switchyard_status switchyard_residual_bind(const switchyard_facts* facts, switchyard_residual** out,
                                           switchyard_error** error) {
  return capi::guarded(error, [&]() -> capi::Outcome {
    if (auto null = capi::null_among({"facts", "out"}, facts, out)) return null;
    auto residual = capi::fold(*facts);
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
