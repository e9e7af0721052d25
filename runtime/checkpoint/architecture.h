#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "kernels/moe/layer.h"

namespace switchyard::checkpoint {

// What one `model_type` calls the things that we read: members of its config.json and modules of
// its checkpoint. One row a model type in architecture.cpp; adding one is adding a row, plus what
// model.cpp must know of its layers.
struct Architecture {
  std::string_view model_type;
  std::string_view class_name;  // config.json's `architectures`

  // Members of config.json.
  std::string_view intermediate;  // the width of one expert
  std::string_view experts;

  // Modules inside `model.layers.N.`
  std::string_view block;   // "mlp": `experts` is inside
  std::string_view router;  // "mlp.gate"
  std::string_view gate;    // one expert's projections, per expert: "gate_proj"
  std::string_view up;
  std::string_view down;
  bool biases;  // of experts and router

  kernels::Activation activation;
  kernels::Router::Kind routing;
  std::string_view profile;  // which of vLLM's kinds of model it is like: gptoss, deepseek, qwen
};

// Null for a model type that is not known.
const Architecture* find_architecture(std::string_view model_type);

std::span<const Architecture> architectures();

// "model.layers.3.mlp.experts", "model.layers.3.mlp.gate".
std::string experts_module(const Architecture& architecture, std::int64_t layer);
std::string router_module(const Architecture& architecture, std::int64_t layer);

// "softmax_topk", "topk_softmax", "deepseek_v3": the fact `routing`.
std::string_view name_of(kernels::Router::Kind routing);

}  // namespace switchyard::checkpoint
