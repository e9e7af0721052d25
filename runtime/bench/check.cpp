#include "runtime/bench/check.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "kernels/cpu/thread_pool.h"

namespace switchyard::bench {
namespace {

constexpr double kReferenceProducts = 4e8;  // about a second
constexpr std::int64_t kFewTokens = 8;

bool same(const kernels::Numerics& a, const kernels::Numerics& b) {
  return a.accumulator == b.accumulator && a.run == b.run &&
         a.activation_ulps == b.activation_ulps && a.h_bf16 == b.h_bf16;
}

}  // namespace

ReferenceCheck::ReferenceCheck(const kernels::LayerConfig& config,
                               const kernels::LayerWeights& weights, const Batch& batch,
                               std::int64_t rows)
    : config_(config), weights_(weights), batch_(batch) {
  const kernels::Shape& shape = config.shape;
  const double products = 3.0 * static_cast<double>(shape.hidden) *
                          static_cast<double>(shape.intermediate) *
                          static_cast<double>(shape.top_k);
  const auto affordable = static_cast<std::int64_t>(kReferenceProducts / products);
  const std::int64_t all = batch.routing.tokens;
  const std::int64_t count =
      std::min(all, rows > 0 ? rows : std::clamp<std::int64_t>(affordable, 1, kFewTokens));
  // The last token is among them: where a kernel forgets some, it is one.
  for (std::int64_t i = 1; i <= count; ++i) tokens_.push_back(i * all / count - 1);
}

kernels::reference::Result ReferenceCheck::compute(const kernels::Numerics& numerics) const {
  const std::span<const std::int64_t> tokens(tokens_);
  if (tokens.size() <= std::size_t{kFewTokens}) {
    return kernels::reference::run(config_, weights_, batch_.x, batch_.routing, tokens, numerics);
  }
  // A run decodes the weights of every expert that its tokens hit, so each thread has one.
  kernels::ThreadPool pool;
  const std::size_t runs = std::min(tokens.size(), static_cast<std::size_t>(pool.threads()));
  std::vector<kernels::reference::Result> parts(runs);
  pool.for_each(runs, [&](std::size_t run) {
    const std::size_t first = tokens.size() * run / runs, last = tokens.size() * (run + 1) / runs;
    parts[run] = kernels::reference::run(config_, weights_, batch_.x, batch_.routing,
                                         tokens.subspan(first, last - first), numerics);
  });
  kernels::reference::Result all;
  for (const kernels::reference::Result& part : parts) {
    all.value.insert(all.value.end(), part.value.begin(), part.value.end());
    all.magnitude.insert(all.magnitude.end(), part.magnitude.begin(), part.magnitude.end());
    all.bound.insert(all.bound.end(), part.bound.begin(), part.bound.end());
  }
  return all;
}

const kernels::reference::Result& ReferenceCheck::result_for(const kernels::Numerics& numerics) {
  for (const Known& known : known_) {
    if (same(known.numerics, numerics)) return known.result;
  }
  known_.push_back({numerics, compute(numerics)});
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
