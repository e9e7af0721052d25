#include "kernels/cpu/router.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace switchyard::kernels::cpu {
namespace {

// Descending, a NaN first, ties to the lower index.
struct Ranks {
  const std::vector<double>& key;
  bool operator()(std::int32_t left, std::int32_t right) const {
    const double a = key[static_cast<std::size_t>(left)];
    const double b = key[static_cast<std::size_t>(right)];
    if (std::isnan(a) != std::isnan(b)) return std::isnan(a);
    if (a > b) return true;
    if (a < b) return false;
    return left < right;
  }
};

// The best `count` of `candidates`, best first.
void keep_best(std::vector<std::int32_t>& candidates, std::size_t count,
               const std::vector<double>& key) {
  std::partial_sort(candidates.begin(), candidates.begin() + static_cast<std::ptrdiff_t>(count),
                    candidates.end(), Ranks{key});
  candidates.resize(count);
}

std::vector<std::int32_t> first_indices(std::size_t count) {
  std::vector<std::int32_t> indices(count);
  std::iota(indices.begin(), indices.end(), 0);
  return indices;
}

// DeepSeek-V3: the experts of the best groups.
std::vector<std::int32_t> experts_of_best_groups(const Router& router,
                                                 const std::vector<double>& key) {
  const auto groups = static_cast<std::size_t>(router.groups);
  const std::size_t size = key.size() / groups;
  if (groups == 1) return first_indices(key.size());
  std::vector<double> scores(groups);
  for (std::size_t g = 0; g < groups; ++g) {
    std::vector<std::int32_t> members(size);
    std::iota(members.begin(), members.end(), static_cast<std::int32_t>(g * size));
    keep_best(members, 2, key);
    scores[g] =
        key[static_cast<std::size_t>(members[0])] + key[static_cast<std::size_t>(members[1])];
  }
  std::vector<std::int32_t> best = first_indices(groups);
  keep_best(best, static_cast<std::size_t>(router.top_groups), scores);
  std::vector<std::int32_t> experts;
  for (const std::int32_t g : best) {
    for (std::size_t i = 0; i < size; ++i) {
      experts.push_back(static_cast<std::int32_t>(static_cast<std::size_t>(g) * size + i));
    }
  }
  return experts;
}

}  // namespace

RouterWeights router_weights(const LayerConfig& config, const LayerWeights& weights) {
  const auto experts = static_cast<std::size_t>(config.shape.experts);
  const auto hidden = static_cast<std::size_t>(config.shape.hidden);
  RouterWeights result{std::vector<float>(experts * hidden), std::vector<float>(experts),
                       std::vector<float>(experts)};
  for (std::size_t i = 0; i < experts * hidden; ++i) {
    result.weight[i] = value_at(weights.router, i);
  }
  for (std::size_t e = 0; e < experts; ++e) {
    result.bias[e] = value_at(weights.router_bias, e);
    result.correction[e] = value_at(weights.correction_bias, e);
  }
  return result;
}

void pick(const LayerConfig& config, std::span<const float> correction,
          std::span<const float> logits, std::int32_t* experts, float* weights) {
  const auto top_k = static_cast<std::size_t>(config.shape.top_k);
  const Router& router = config.router;
  const bool sigmoid = router.kind == Router::Kind::sigmoid_grouped;
  std::vector<double> score(logits.begin(), logits.end());
  std::vector<double> key = score;
  std::vector<std::int32_t> chosen;
  if (sigmoid) {
    for (std::size_t e = 0; e < score.size(); ++e) {
      score[e] = 1 / (1 + std::exp(-score[e]));
      key[e] = score[e] + static_cast<double>(correction[e]);
    }
    chosen = experts_of_best_groups(router, key);
  } else {
    chosen = first_indices(score.size());
  }
  keep_best(chosen, top_k, key);

  std::vector<double> weight(top_k);
  double sum = 0;
  if (sigmoid) {
    for (std::size_t j = 0; j < top_k; ++j) {
      weight[j] = score[static_cast<std::size_t>(chosen[j])];
      sum += weight[j];
    }
  } else {
    const double largest = score[static_cast<std::size_t>(chosen[0])];
    for (std::size_t j = 0; j < top_k; ++j) {
      weight[j] = std::exp(score[static_cast<std::size_t>(chosen[j])] - largest);
      sum += weight[j];
    }
    if (router.kind == Router::Kind::top_k_of_softmax && !router.renormalise) {
      sum = 0;
      for (const double value : score) sum += std::exp(value - largest);
    }
  }
  // DeepSeek's own guard against a sum of zero.
  const double divisor = !sigmoid ? sum : router.renormalise ? sum + kSigmoidSumGuard : 1.0;
  const double factor = sigmoid ? static_cast<double>(router.scaling_factor) : 1.0;
  for (std::size_t j = 0; j < top_k; ++j) {
    experts[j] = chosen[j];
    weights[j] = static_cast<float>(weight[j] / divisor * factor);
  }
}

Routing route(const LayerConfig& config, const RouterWeights& weights, std::span<const Bf16> x,
              ThreadPool& pool) {
  const auto experts = static_cast<std::size_t>(config.shape.experts);
  const auto hidden = static_cast<std::size_t>(config.shape.hidden);
  const auto top_k = static_cast<std::size_t>(config.shape.top_k);
  const std::size_t tokens = x.size() / hidden;
  Routing routing{static_cast<std::int64_t>(tokens), config.shape.top_k,
                  std::vector<std::int32_t>(tokens * top_k), std::vector<float>(tokens * top_k)};
  pool.for_each(tokens, [&](std::size_t t) {
    std::vector<double> token(hidden);
    for (std::size_t k = 0; k < hidden; ++k) token[k] = mx::to_float(x[t * hidden + k]);
    std::vector<float> logits(experts);
    for (std::size_t e = 0; e < experts; ++e) {
      constexpr std::size_t kLanes = 8;  // independent sums, which the compiler vectorises
      double sums[kLanes] = {};
      const float* row = weights.weight.data() + e * hidden;
      for (std::size_t k = 0; k < hidden; k += kLanes) {
        for (std::size_t i = 0; i < kLanes; ++i) {
          sums[i] += token[k + i] * static_cast<double>(row[k + i]);
        }
      }
      double sum = weights.bias[e];
      for (const double part : sums) sum += part;
      logits[e] = static_cast<float>(sum);
    }
    pick(config, weights.correction, logits, routing.experts.data() + t * top_k,
         routing.weights.data() + t * top_k);
  });
  return routing;
}

}  // namespace switchyard::kernels::cpu
