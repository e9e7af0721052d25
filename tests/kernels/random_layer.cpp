#include "tests/kernels/random_layer.h"

#include <cmath>
#include <numeric>

#include "kernels/cpu/format.h"
#include "kernels/mx/block.h"

namespace switchyard::kernels {
namespace {

std::vector<float> normal(std::size_t count, float deviation, std::mt19937& random) {
  std::normal_distribution<float> draw(0, deviation);
  std::vector<float> values(count);
  for (float& value : values) value = draw(random);
  return values;
}

// Quantised normal weights, deviations so that the layer's output is of order 1.
void fill(WeightFormat format, std::size_t rows, std::size_t columns, std::mt19937& random,
          std::vector<std::uint8_t>& elements, std::vector<std::uint8_t>& scales) {
  const std::vector<float> values =
      normal(rows * columns, 1.5f / std::sqrt(static_cast<float>(columns)), random);
  elements.assign(mx::packed_bytes(rows * columns, bits_of(format)), 0);
  scales.assign(rows * columns / mx::kBlock, 0);
  cpu::with_format(format, [&](auto codec) {
    mx::quantise_row<decltype(codec)>(values.data(), values.size(), elements.data(), scales.data());
  });
}

}  // namespace

RandomLayer random_layer(const LayerConfig& config, std::mt19937& random, GateUpLayout layout,
                         bool biases) {
  RandomLayer layer;
  layer.config = config;
  layer.layout = layout;
  layer.biases = biases;
  const auto experts = static_cast<std::size_t>(config.shape.experts);
  const auto hidden = static_cast<std::size_t>(config.shape.hidden);
  const auto intermediate = static_cast<std::size_t>(config.shape.intermediate);
  const WeightFormat format = info(config.scheme).weight;
  layer.gate_up.resize(experts);
  layer.gate_up_scales.resize(experts);
  layer.down.resize(experts);
  layer.down_scales.resize(experts);
  for (std::size_t e = 0; e < experts; ++e) {
    fill(format, 2 * intermediate, hidden, random, layer.gate_up[e], layer.gate_up_scales[e]);
    fill(format, hidden, intermediate, random, layer.down[e], layer.down_scales[e]);
    std::vector<Bf16> bias;
    for (const float value : normal(2 * intermediate, 0.2f, random)) {
      bias.push_back(mx::to_bf16(value));
    }
    layer.gate_up_bias.push_back(std::move(bias));
    layer.down_bias.push_back(normal(hidden, 0.2f, random));
  }
  for (const float value : normal(experts * hidden, 0.1f, random)) {
    layer.router.push_back(mx::to_bf16(value));
  }
  layer.router_bias = normal(experts, 0.1f, random);
  layer.correction = normal(experts, 0.1f, random);
  layer.weights.input_scale = 0.0123f;
  layer.weights.hidden_scale = 0.0071f;
  layer.view();
  return layer;
}

void RandomLayer::view() {
  weights.experts.clear();
  for (std::size_t e = 0; e < gate_up.size(); ++e) {
    MxMatrix fused{gate_up[e].data(), gate_up_scales[e].data(), {}, 1};
    MxMatrix last{down[e].data(), down_scales[e].data(), {}, 1};
    if (biases) {
      fused.bias = static_cast<const Bf16*>(gate_up_bias[e].data());
      last.bias = static_cast<const float*>(down_bias[e].data());
    }
    const GateUp split = split_gate_up(fused, layout, config);
    weights.experts.push_back({split.gate, split.up, last});
  }
  weights.router = static_cast<const Bf16*>(router.data());
  weights.router_bias = {};
  if (biases) weights.router_bias = static_cast<const float*>(router_bias.data());
  weights.correction_bias = {};
  if (config.router.kind == Router::Kind::sigmoid_grouped) {
    weights.correction_bias = static_cast<const float*>(correction.data());
  }
}

std::vector<Bf16> random_tokens(std::int64_t tokens, std::int64_t hidden, std::mt19937& random) {
  std::vector<Bf16> x;
  for (const float value : normal(static_cast<std::size_t>(tokens * hidden), 1, random)) {
    x.push_back(mx::to_bf16(value));
  }
  return x;
}

std::vector<std::int64_t> all_tokens(std::int64_t count) {
  std::vector<std::int64_t> tokens(static_cast<std::size_t>(count));
  std::iota(tokens.begin(), tokens.end(), 0);
  return tokens;
}

}  // namespace switchyard::kernels
