#include "runtime/bench/check.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace switchyard::bench {
namespace {

constexpr double kReferenceProducts = 4e8;  // about a second
constexpr std::int64_t kMostTokens = 8;

bool same(const kernels::Numerics& a, const kernels::Numerics& b) {
  return a.accumulator == b.accumulator && a.run == b.run &&
         a.activation_ulps == b.activation_ulps && a.h_bf16 == b.h_bf16;
}

}  // namespace

ReferenceCheck::ReferenceCheck(const kernels::LayerConfig& config,
                               const kernels::LayerWeights& weights, const Batch& batch)
    : config_(config), weights_(weights), batch_(batch) {
  const kernels::Shape& shape = config.shape;
  const double products = 3.0 * static_cast<double>(shape.hidden) *
                          static_cast<double>(shape.intermediate) *
                          static_cast<double>(shape.top_k);
  const auto affordable = static_cast<std::int64_t>(kReferenceProducts / products);
  const std::int64_t all = batch.routing.tokens;
  const std::int64_t count = std::min(all, std::clamp<std::int64_t>(affordable, 1, kMostTokens));
  // The last token is among them: where a kernel forgets some, it is one.
  for (std::int64_t i = 1; i <= count; ++i) tokens_.push_back(i * all / count - 1);
}

const kernels::reference::Result& ReferenceCheck::result_for(const kernels::Numerics& numerics) {
  for (const Known& known : known_) {
    if (same(known.numerics, numerics)) return known.result;
  }
  known_.push_back({numerics, kernels::reference::run(config_, weights_, batch_.x, batch_.routing,
                                                      tokens_, numerics)});
  return known_.back().result;
}

std::string ReferenceCheck::problem_of(std::span<const kernels::Bf16> out,
                                       const kernels::Numerics& numerics) {
  const kernels::reference::Result& result = result_for(numerics);
  const std::int64_t hidden = config_.shape.hidden;
  const auto comparison = kernels::reference::compare(result, hidden, tokens_, out);
  if (comparison.failures > 0) {
    return fmt::format("{} of {} compared values are beyond their bound: {}", comparison.failures,
                       comparison.elements, comparison.first_failure);
  }
  // An infinite bound would let anything pass; these inputs leave no reason for one.
  const auto not_finite = std::count_if(result.bound.begin(), result.bound.end(),
                                        [](double bound) { return !std::isfinite(bound); });
  if (not_finite == 0) return {};
  return fmt::format("{} of {} values cannot be compared, since they have no finite bound",
                     not_finite, comparison.elements);
}

}  // namespace switchyard::bench
