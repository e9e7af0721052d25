#include "kernels/moe/layer.h"

#include <cmath>

#include "kernels/mx/block.h"
#include "kernels/mx/pack.h"

namespace switchyard::kernels {
namespace {

constexpr std::int64_t kBlock = static_cast<std::int64_t>(mx::kBlock);
// Far beyond any model, and small enough that no product of two dimensions overflows.
constexpr std::int64_t kLargestDimension = 1 << 24;

Expected<void> check_dimension(std::string_view field, std::int64_t value, bool blocks) {
  const std::string found = std::string(field) + " is " + std::to_string(value);
  if (value < 1 || value > kLargestDimension) {
    return fail(found + ", but must be 1 .. " + std::to_string(kLargestDimension));
  }
  if (blocks && value % kBlock != 0) {
    return fail(found + ", but must be a multiple of 32: MX scales cover blocks of 32 along it; " +
                "pad the weights, or use a dense bf16 layer");
  }
  return {};
}

Expected<void> check_router(const Router& router, const Shape& shape) {
  if (router.kind != Router::Kind::sigmoid_grouped) return {};
  if (router.groups < 1 || shape.experts % router.groups != 0) {
    return fail("router groups is " + std::to_string(router.groups) +
                ", but must divide experts, " + std::to_string(shape.experts));
  }
  if (router.groups > 1 && shape.experts / router.groups < 2) {
    return fail("router groups is " + std::to_string(router.groups) + " for " +
                std::to_string(shape.experts) +
                " experts, but a group is ranked by two experts and needs at least that many");
  }
  if (router.top_groups < 1 || router.top_groups > router.groups) {
    return fail("router top_groups is " + std::to_string(router.top_groups) +
                ", but must be 1 .. " + std::to_string(router.groups));
  }
  if (router.top_groups * (shape.experts / router.groups) < shape.top_k) {
    return fail("router top_groups is " + std::to_string(router.top_groups) + ", which leaves " +
                std::to_string(router.top_groups * (shape.experts / router.groups)) +
                " experts, fewer than top_k, " + std::to_string(shape.top_k));
  }
  if (!std::isfinite(router.scaling_factor)) {
    return fail("router scaling_factor is not finite");
  }
  return {};
}

Expected<void> check_matrix(const MxMatrix& matrix, std::string_view name, std::size_t expert) {
  const std::string where = "expert " + std::to_string(expert) + ": " + std::string(name);
  if (matrix.elements == nullptr) return fail(where + " has no elements");
  if (matrix.scales == nullptr) return fail(where + " has no scales");
  if (matrix.row_step < 1) return fail(where + " has row_step 0, but it must be at least 1");
  return {};
}

Expected<void> check_static_scale(std::string_view field, float scale, Scheme scheme) {
  if (std::isfinite(scale) && scale > 0) return {};
  return fail(std::string(field) + " is " + std::to_string(scale) + ", but " +
              std::string(info(scheme).name) +
              " needs a positive, finite static scale of its fp8 activations");
}

Values offset(const Values& values, std::size_t by) {
  if (const auto* bf16 = std::get_if<const Bf16*>(&values)) return *bf16 + by;
  if (const auto* f32 = std::get_if<const float*>(&values)) return *f32 + by;
  return values;
}

}  // namespace

float value_at(const Values& values, std::size_t index) {
  if (const auto* bf16 = std::get_if<const Bf16*>(&values)) return mx::to_float((*bf16)[index]);
  if (const auto* f32 = std::get_if<const float*>(&values)) return (*f32)[index];
  return 0;
}

GateUp split_gate_up(const MxMatrix& fused, GateUpLayout layout, const LayerConfig& config) {
  const bool interleaved = layout == GateUpLayout::interleaved;
  const auto hidden = static_cast<std::size_t>(config.shape.hidden);
  const std::size_t first_up_row =
      interleaved ? 1 : static_cast<std::size_t>(config.shape.intermediate);
  const std::size_t row_bytes = mx::packed_bytes(hidden, bits_of(info(config.scheme).weight));
  GateUp result;
  result.gate = fused;
  result.gate.row_step = interleaved ? 2 : 1;
  result.up = result.gate;
  result.up.elements += first_up_row * row_bytes;
  result.up.scales += first_up_row * (hidden / mx::kBlock);
  result.up.bias = offset(fused.bias, first_up_row);
  return result;
}

Expected<void> validate(const LayerConfig& config) {
  const Shape& shape = config.shape;
  if (auto ok = check_dimension("hidden", shape.hidden, true); !ok) return ok;
  if (auto ok = check_dimension("intermediate", shape.intermediate, true); !ok) return ok;
  if (auto ok = check_dimension("experts", shape.experts, false); !ok) return ok;
  if (shape.top_k < 1 || shape.top_k > shape.experts) {
    return fail("top_k is " + std::to_string(shape.top_k) + ", but must be 1 .. experts, " +
                std::to_string(shape.experts));
  }
  return check_router(config.router, shape);
}

Expected<void> validate(const LayerConfig& config, const LayerWeights& weights) {
  const auto experts = static_cast<std::size_t>(config.shape.experts);
  if (weights.experts.size() != experts) {
    return fail("weights of " + std::to_string(weights.experts.size()) +
                " experts were given, but experts is " + std::to_string(experts));
  }
  for (std::size_t e = 0; e < experts; ++e) {
    const ExpertWeights& expert = weights.experts[e];
    if (auto ok = check_matrix(expert.gate, "gate", e); !ok) return ok;
    if (auto ok = check_matrix(expert.up, "up", e); !ok) return ok;
    if (auto ok = check_matrix(expert.down, "down", e); !ok) return ok;
  }
  if (!present(weights.router)) return fail("the layer has no router weight");
  if (present(weights.correction_bias) && config.router.kind != Router::Kind::sigmoid_grouped) {
    return fail("a correction bias was given, but only the sigmoid_grouped router uses one");
  }
  if (info(config.scheme).activation == ActivationFormat::fp8) {
    if (auto ok = check_static_scale("input_scale", weights.input_scale, config.scheme); !ok) {
      return ok;
    }
    return check_static_scale("hidden_scale", weights.hidden_scale, config.scheme);
  }
  return {};
}

Expected<void> validate(const LayerConfig& config, std::span<const Bf16> x,
                        const Routing& routing) {
  const auto top_k = static_cast<std::size_t>(config.shape.top_k);
  const auto hidden = static_cast<std::size_t>(config.shape.hidden);
  if (routing.tokens < 0 || routing.top_k != config.shape.top_k ||
      routing.experts.size() != static_cast<std::size_t>(routing.tokens) * top_k ||
      routing.weights.size() != routing.experts.size()) {
    return fail("the routing is not of shape [tokens, " + std::to_string(top_k) + "]: tokens is " +
                std::to_string(routing.tokens) + ", with " +
                std::to_string(routing.experts.size()) + " experts and " +
                std::to_string(routing.weights.size()) + " weights");
  }
  if (x.size() != static_cast<std::size_t>(routing.tokens) * hidden) {
    return fail("x has " + std::to_string(x.size()) + " elements, but " +
                std::to_string(routing.tokens) + " tokens of hidden " + std::to_string(hidden) +
                " were routed");
  }
  for (std::size_t i = 0; i < routing.experts.size(); ++i) {
    const std::int32_t expert = routing.experts[i];
    if (expert < 0 || expert >= config.shape.experts) {
      return fail("token " + std::to_string(i / top_k) + " is routed to expert " +
                  std::to_string(expert) + ", but experts are 0 .. " +
                  std::to_string(config.shape.experts - 1));
    }
    for (std::size_t j = i - i % top_k; j < i; ++j) {
      if (routing.experts[j] == expert) {
        return fail("token " + std::to_string(i / top_k) + " is routed to expert " +
                    std::to_string(expert) + " twice");
      }
    }
  }
  return {};
}

}  // namespace switchyard::kernels
