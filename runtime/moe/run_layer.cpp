#include "runtime/moe/run_layer.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <vector>

#include "kernels/cpu/thread_pool.h"
#include "runtime/checkpoint/weights.h"
#include "runtime/engine/bound_layer.h"

namespace switchyard::moe {
namespace {

using kernels::Bf16;
using kernels::mx::to_float;
using Clock = std::chrono::steady_clock;

constexpr double kEnoughSeconds = 0.3;
constexpr int kMostRuns = 50;
constexpr double kReferenceProducts = 4e8;  // about a second

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// Some of the tokens, evenly spread, as few as the reference can do in about a second.
std::vector<std::int64_t> tokens_to_check(const kernels::Shape& shape, std::int64_t tokens) {
  const double products = 3.0 * static_cast<double>(shape.hidden) *
                              static_cast<double>(shape.intermediate) *
                              static_cast<double>(shape.top_k) +
                          static_cast<double>(shape.hidden) * static_cast<double>(shape.experts);
  const auto affordable = static_cast<std::int64_t>(kReferenceProducts / products);
  const std::int64_t count = std::min(tokens, std::max<std::int64_t>(1, affordable));
  std::vector<std::int64_t> result;
  for (std::int64_t i = 0; i < count; ++i) result.push_back(i * tokens / count);
  return result;
}

// The chosen rows of a row-major array.
template <typename T>
std::vector<T> rows(const std::vector<T>& values, const std::vector<std::int64_t>& chosen,
                    std::int64_t width) {
  std::vector<T> result;
  for (const std::int64_t row : chosen) {
    const auto begin = values.begin() + row * width;
    result.insert(result.end(), begin, begin + width);
  }
  return result;
}

Check check_output(const checkpoint::LoadedLayer& layer, const std::vector<Bf16>& x,
                   const kernels::Routing& routing, const std::vector<Bf16>& out,
                   const kernels::Numerics& numerics) {
  const kernels::Shape& shape = layer.config.shape;
  const std::vector<std::int64_t> chosen = tokens_to_check(shape, routing.tokens);
  Check check;
  check.tokens = static_cast<std::int64_t>(chosen.size());
  const std::vector<Bf16> some = rows(x, chosen, shape.hidden);
  const kernels::Routing picked{check.tokens, routing.top_k,
                                rows(routing.experts, chosen, routing.top_k),
                                rows(routing.weights, chosen, routing.top_k)};
  namespace reference = kernels::reference;
  if (const auto right = reference::check_routing(layer.config, layer.weights, some, picked);
      !right) {
    check.routing = right.error().message;
  }
  std::vector<std::int64_t> all(chosen.size());
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<std::int64_t>(i);
  const reference::Result result =
      reference::run(layer.config, layer.weights, some, picked, all, numerics);
  const std::vector<Bf16> output = rows(out, chosen, shape.hidden);
  check.output = reference::compare(result, shape.hidden, all, std::span<const Bf16>(output));
  for (std::size_t i = 0; i < output.size(); ++i) {
    if (!std::isfinite(to_float(output[i])) || !std::isfinite(result.value[i]) ||
        !std::isfinite(result.bound[i])) {
      ++check.incomparable;
    }
  }
  return check;
}

}  // namespace

Expected<RunResult> run_layer(const BoundTable& table, const checkpoint::LoadedLayer& layer,
                              const Decision& decision, const RunRequest& request) {
  const kernels::Shape& shape = layer.config.shape;
  kernels::ThreadPool pool(request.threads);
  RunResult result;
  result.threads = pool.threads();
  result.flops = 6.0 * static_cast<double>(request.tokens) * static_cast<double>(shape.top_k) *
                 static_cast<double>(shape.hidden) * static_cast<double>(shape.intermediate);

  Expected<BoundLayer> bound = BoundLayer::create(table, layer.config, layer.weights);
  if (!bound) return tl::unexpected(bound.error());
  const auto prepared =
      prepare_layer(*bound, layer, decision, table.device(), request.prepare, pool);
  if (!prepared) return tl::unexpected(prepared.error());
  result.prepare_seconds = prepared->seconds;
  result.cache = prepared->cache;

  const std::vector<Bf16> x =
      checkpoint::make_activations(request.seed, request.tokens, shape.hidden);
  std::vector<Bf16> out(x.size());
  kernels::Routing routing;
  double total = 0;
  do {
    const Clock::time_point start = Clock::now();
    routing = prepared->layer->route(x, pool);
    if (const auto ran = prepared->layer->run(x, routing, out.data(), pool); !ran) {
      return fail(ran.error().message);
    }
    const double seconds = seconds_since(start);
    if (result.runs == 0) result.first_seconds = seconds;
    result.best_seconds = result.runs == 0 ? seconds : std::min(result.best_seconds, seconds);
    ++result.runs;
    total += seconds;
  } while (total < kEnoughSeconds && result.runs < kMostRuns);

  result.not_finite = std::count_if(out.begin(), out.end(),
                                    [](Bf16 value) { return !std::isfinite(to_float(value)); });
  if (request.check) {
    const kernels::Kernel& kernel = *table.launch(decision)->kernel;
    result.check = check_output(layer, x, routing, out, kernel.numerics(layer.config.scheme));
  }
  return result;
}

}  // namespace switchyard::moe
