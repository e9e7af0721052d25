#pragma once

#include <span>
#include <vector>

#include "kernels/cpu/thread_pool.h"
#include "kernels/moe/layer.h"

// The router of kernels/moe/layer.h on the CPU.
namespace switchyard::kernels::cpu {

// The router's weights as floats, [E, H] and [E] each, made once.
struct RouterWeights {
  std::vector<float> weight;
  std::vector<float> bias;
  std::vector<float> correction;
};
RouterWeights router_weights(const LayerConfig& config, const LayerWeights& weights);

// Experts and weights of x [tokens, H]. Logits are accumulated in double and rounded to float, so
// that ties are broken alike everywhere; all that follows is double, weights rounded to float last.
Routing route(const LayerConfig& config, const RouterWeights& weights, std::span<const Bf16> x,
              ThreadPool& pool);

// One token's choice from its logits [E]: writes top_k experts and weights.
void pick(const LayerConfig& config, std::span<const float> correction,
          std::span<const float> logits, std::int32_t* experts, float* weights);

}  // namespace switchyard::kernels::cpu
