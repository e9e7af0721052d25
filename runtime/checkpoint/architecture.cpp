#include "runtime/checkpoint/architecture.h"

#include <fmt/format.h>

#include <array>

namespace switchyard::checkpoint {
namespace {

using kernels::Activation;
using Kind = kernels::Router::Kind;

constexpr std::array<Architecture, 5> kArchitectures = {{
    {.model_type = "deepseek_v3",
     .class_name = "DeepseekV3ForCausalLM",
     .intermediate = "moe_intermediate_size",
     .experts = "n_routed_experts",
     .block = "mlp",
     .router = "mlp.gate",
     .gate = "gate_proj",
     .up = "up_proj",
     .down = "down_proj",
     .biases = false,
     .activation = Activation::silu,
     .routing = Kind::sigmoid_grouped,
     .profile = "deepseek"},
    {.model_type = "gpt_oss",
     .class_name = "GptOssForCausalLM",
     .intermediate = "intermediate_size",
     .experts = "num_local_experts",
     .block = "mlp",
     .router = "mlp.router",
     .gate = "gate_up_proj",  // one fused tensor, rows interleaved
     .up = "gate_up_proj",
     .down = "down_proj",
     .biases = true,
     .activation = Activation::swigluoai,
     .routing = Kind::softmax_of_top_k,
     .profile = "gptoss"},
    {.model_type = "mixtral",
     .class_name = "MixtralForCausalLM",
     .intermediate = "intermediate_size",
     .experts = "num_local_experts",
     .block = "block_sparse_moe",
     .router = "block_sparse_moe.gate",
     .gate = "w1",
     .up = "w3",
     .down = "w2",
     .biases = false,
     .activation = Activation::silu,
     .routing = Kind::top_k_of_softmax,
     .profile = "qwen"},
    {.model_type = "qwen2_moe",
     .class_name = "Qwen2MoeForCausalLM",
     .intermediate = "moe_intermediate_size",
     .experts = "num_experts",
     .block = "mlp",
     .router = "mlp.gate",
     .gate = "gate_proj",
     .up = "up_proj",
     .down = "down_proj",
     .biases = false,
     .activation = Activation::silu,
     .routing = Kind::top_k_of_softmax,
     .profile = "qwen"},
    {.model_type = "qwen3_moe",
     .class_name = "Qwen3MoeForCausalLM",
     .intermediate = "moe_intermediate_size",
     .experts = "num_experts",
     .block = "mlp",
     .router = "mlp.gate",
     .gate = "gate_proj",
     .up = "up_proj",
     .down = "down_proj",
     .biases = false,
     .activation = Activation::silu,
     .routing = Kind::top_k_of_softmax,
     .profile = "qwen"},
}};

}  // namespace

const Architecture* find_architecture(std::string_view model_type) {
  for (const Architecture& architecture : kArchitectures) {
    if (architecture.model_type == model_type) return &architecture;
  }
  return nullptr;
}

std::span<const Architecture> architectures() { return kArchitectures; }

std::string experts_module(const Architecture& architecture, std::int64_t layer) {
  return fmt::format("model.layers.{}.{}.experts", layer, architecture.block);
}

std::string router_module(const Architecture& architecture, std::int64_t layer) {
  return fmt::format("model.layers.{}.{}", layer, architecture.router);
}

std::string_view name_of(kernels::Router::Kind routing) {
  switch (routing) {
    case Kind::softmax_of_top_k: return "topk_softmax";
    case Kind::top_k_of_softmax: return "softmax_topk";
    case Kind::sigmoid_grouped: return "deepseek_v3";
  }
  return "";
}

}  // namespace switchyard::checkpoint
