#pragma once

#include <cstdint>
#include <random>
#include <span>
#include <vector>

#include "kernels/moe/layer.h"

// A layer with random weights that owns its memory, in either layout of the gate and up rows.
namespace switchyard::kernels {

struct RandomLayer {
  LayerConfig config;
  GateUpLayout layout;
  bool biases;
  std::vector<std::vector<std::uint8_t>> gate_up, gate_up_scales, down, down_scales;  // an expert
  std::vector<std::vector<Bf16>> gate_up_bias;
  std::vector<std::vector<float>> down_bias;
  std::vector<Bf16> router;
  std::vector<float> router_bias, correction;
  LayerWeights weights;  // views of the above

  // Points `weights` at the vectors again; after a copy, or after one was replaced.
  void view();
};

RandomLayer random_layer(const LayerConfig& config, std::mt19937& random,
                         GateUpLayout layout = GateUpLayout::concatenated, bool biases = false);

// [tokens, hidden], normal with deviation 1.
std::vector<Bf16> random_tokens(std::int64_t tokens, std::int64_t hidden, std::mt19937& random);

// 0 .. count-1.
std::vector<std::int64_t> all_tokens(std::int64_t count);

}  // namespace switchyard::kernels
