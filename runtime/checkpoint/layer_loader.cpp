#include "runtime/checkpoint/layer_loader.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <span>
#include <string>
#include <utility>

namespace switchyard::checkpoint {
namespace {

using kernels::MxMatrix;
using kernels::Values;

constexpr std::int64_t kBlock = 32;

// IEEE binary16 to float, exact.
float half_to_float(std::uint16_t bits) {
  const float sign = (bits & 0x8000) != 0 ? -1.0f : 1.0f;
  const int exponent = (bits >> 10) & 0x1F;
  const int fraction = bits & 0x3FF;
  if (exponent == 0x1F) return fraction != 0 ? std::nanf("") : sign * HUGE_VALF;
  if (exponent == 0) return sign * std::ldexp(static_cast<float>(fraction), -24);
  return sign * std::ldexp(static_cast<float>(fraction + 1024), exponent - 25);
}

// Collects the tensors of one layer.
class Loader {
 public:
  explicit Loader(LoadedLayer& layer) : layer_(layer) {}

  Expected<std::span<const std::byte>> bytes(const std::string& name,
                                             std::initializer_list<std::int64_t> shape) {
    const Expected<TensorView> view = layer_.store->get(name);
    if (!view) return tl::unexpected(view.error());
    // Scales are e8m0 bytes, and newer exporters say so.
    if (view->dtype != Dtype::u8 && view->dtype != Dtype::f8_e8m0) {
      return wrong_dtype(name, *view, "U8");
    }
    if (!std::equal(shape.begin(), shape.end(), view->shape.begin(), view->shape.end())) {
      return wrong_shape(name, *view, shape);
    }
    layer_.bytes += view->bytes.size();
    return view->bytes;
  }

  // BF16 and F32 are used in place if their alignment allows.
  Expected<Values> values(const std::string& name, std::initializer_list<std::int64_t> shape) {
    const Expected<TensorView> view = layer_.store->get(name);
    if (!view) return tl::unexpected(view.error());
    if (view->dtype != Dtype::bf16 && view->dtype != Dtype::f32 && view->dtype != Dtype::f16) {
      return wrong_dtype(name, *view, "BF16, F16 or F32");
    }
    if (!std::equal(shape.begin(), shape.end(), view->shape.begin(), view->shape.end())) {
      return wrong_shape(name, *view, shape);
    }
    layer_.bytes += view->bytes.size();
    const auto address = reinterpret_cast<std::uintptr_t>(view->bytes.data());
    if (view->dtype == Dtype::bf16 && address % alignof(kernels::Bf16) == 0) {
      return reinterpret_cast<const kernels::Bf16*>(view->bytes.data());
    }
    if (view->dtype == Dtype::f32 && address % alignof(float) == 0) {
      return reinterpret_cast<const float*>(view->bytes.data());
    }
    return convert(*view);
  }

  // A scale that is one number; its shape may be [] or [1]. It must be positive and finite.
  Expected<float> number(const std::string& name) {
    const Expected<TensorView> view = layer_.store->get(name);
    if (!view) return tl::unexpected(view.error());
    if (view->dtype != Dtype::f32 && view->dtype != Dtype::bf16 && view->dtype != Dtype::f16) {
      return wrong_dtype(name, *view, "F32");
    }
    if (view->bytes.size() * 8 != static_cast<std::size_t>(bits_of(view->dtype))) {
      return wrong_shape(name, *view, {});
    }
    layer_.bytes += view->bytes.size();
    const float value = element(*view, 0);
    if (!(value > 0) || !std::isfinite(value)) {
      return fail(fmt::format("tensor `{}` in {} is {}; a scale is positive and finite", name,
                              layer_.store->location_of(name), value));
    }
    return value;
  }

 private:
  static float element(const TensorView& view, std::size_t index) {
    if (view.dtype == Dtype::f32) {
      float value = 0;
      std::memcpy(&value, view.bytes.data() + index * sizeof value, sizeof value);
      return value;
    }
    std::uint16_t bits = 0;
    std::memcpy(&bits, view.bytes.data() + index * sizeof bits, sizeof bits);
    if (view.dtype == Dtype::f16) return half_to_float(bits);
    return kernels::mx::to_float(kernels::Bf16{bits});
  }

  const float* convert(const TensorView& view) {
    const std::size_t count =
        view.bytes.size() * 8 / static_cast<std::size_t>(bits_of(view.dtype));
    std::vector<float> copy(count);
    for (std::size_t i = 0; i < count; ++i) copy[i] = element(view, i);
    layer_.converted.push_back(std::move(copy));
    return layer_.converted.back().data();
  }

  tl::unexpected<Error> wrong_dtype(const std::string& name, const TensorView& view,
                                    std::string_view wanted) const {
    return fail(fmt::format("tensor `{}` in {} has type {}, but {} is expected; config.json and "
                            "weights do not belong together",
                            name, layer_.store->location_of(name), name_of(view.dtype), wanted));
  }

  tl::unexpected<Error> wrong_shape(const std::string& name, const TensorView& view,
                                    std::span<const std::int64_t> wanted) const {
    return fail(fmt::format("tensor `{}` in {} has shape {}, but {} is expected; config.json and "
                            "weights do not belong together",
                            name, layer_.store->location_of(name), to_text(view.shape),
                            to_text(wanted)));
  }
  tl::unexpected<Error> wrong_shape(const std::string& name, const TensorView& view,
                                    std::initializer_list<std::int64_t> wanted) const {
    return wrong_shape(name, view, std::span(wanted.begin(), wanted.size()));
  }

  LoadedLayer& layer_;
};

const std::uint8_t* codes(std::span<const std::byte> bytes) {
  return reinterpret_cast<const std::uint8_t*>(bytes.data());
}

// `MODULE.weight` and its scales, and `.bias` where the architecture has one.
Expected<MxMatrix> quark_matrix(Loader& loader, const std::string& module, std::int64_t rows,
                                std::int64_t columns, int bits, bool biased) {
  const auto elements = loader.bytes(module + ".weight", {rows, columns * bits / 8});
  if (!elements) return tl::unexpected(elements.error());
  const auto scales = loader.bytes(module + ".weight_scale", {rows, columns / kBlock});
  if (!scales) return tl::unexpected(scales.error());
  MxMatrix matrix;
  matrix.elements = codes(*elements);
  matrix.scales = codes(*scales);
  if (biased) {
    const Expected<Values> bias = loader.values(module + ".bias", {rows});
    if (!bias) return tl::unexpected(bias.error());
    matrix.bias = *bias;
  }
  return matrix;
}

Expected<void> load_quark(Loader& loader, const Architecture& architecture,
                          const std::string& experts, LoadedLayer& layer) {
  const kernels::Shape& shape = layer.config.shape;
  const kernels::SchemeInfo& scheme = info(layer.config.scheme);
  const int bits = bits_of(scheme.weight);
  const bool scaled = scheme.activation == kernels::ActivationFormat::fp8;
  const bool fused = architecture.gate == architecture.up;
  for (std::int64_t e = 0; e < shape.experts; ++e) {
    const auto module = [&](std::string_view name) {
      return fmt::format("{}.{}.{}", experts, e, name);
    };
    kernels::ExpertWeights expert;
    const Expected<MxMatrix> gate =
        quark_matrix(loader, module(architecture.gate), (fused ? 2 : 1) * shape.intermediate,
                     shape.hidden, bits, architecture.biases);
    if (!gate) return tl::unexpected(gate.error());
    if (fused) {
      const kernels::GateUp both =
          split_gate_up(*gate, kernels::GateUpLayout::interleaved, layer.config);
      expert.gate = both.gate;
      expert.up = both.up;
    } else {
      const Expected<MxMatrix> up = quark_matrix(loader, module(architecture.up),
                                                 shape.intermediate, shape.hidden, bits, false);
      if (!up) return tl::unexpected(up.error());
      expert.gate = *gate;
      expert.up = *up;
    }
    const Expected<MxMatrix> down =
        quark_matrix(loader, module(architecture.down), shape.hidden, shape.intermediate, bits,
                     architecture.biases);
    if (!down) return tl::unexpected(down.error());
    expert.down = *down;
    layer.weights.experts.push_back(expert);
    if (!scaled) continue;
    for (const std::string_view name : {architecture.gate, architecture.up}) {
      const Expected<float> scale = loader.number(module(name) + ".input_scale");
      if (!scale) return tl::unexpected(scale.error());
      layer.weights.input_scale = std::max(layer.weights.input_scale, *scale);
    }
    const Expected<float> scale = loader.number(module(architecture.down) + ".input_scale");
    if (!scale) return tl::unexpected(scale.error());
    layer.weights.hidden_scale = std::max(layer.weights.hidden_scale, *scale);
  }
  return {};
}

Values offset(const Values& values, std::int64_t elements) {
  if (const auto* bf16 = std::get_if<const kernels::Bf16*>(&values)) return *bf16 + elements;
  if (const auto* floats = std::get_if<const float*>(&values)) return *floats + elements;
  return values;
}

// A fused tensor of all experts, `PREFIX_blocks`, `_scales` and `_bias`, cut into its experts.
Expected<std::vector<MxMatrix>> fused_matrices(Loader& loader, const std::string& prefix,
                                               std::int64_t experts, std::int64_t rows,
                                               std::int64_t columns) {
  const auto blocks = loader.bytes(prefix + "_blocks", {experts, rows, columns / kBlock, 16});
  if (!blocks) return tl::unexpected(blocks.error());
  const auto scales = loader.bytes(prefix + "_scales", {experts, rows, columns / kBlock});
  if (!scales) return tl::unexpected(scales.error());
  const Expected<Values> bias = loader.values(prefix + "_bias", {experts, rows});
  if (!bias) return tl::unexpected(bias.error());
  std::vector<MxMatrix> result;
  for (std::int64_t e = 0; e < experts; ++e) {
    MxMatrix matrix;
    matrix.elements = codes(*blocks) + e * rows * columns / 2;
    matrix.scales = codes(*scales) + e * rows * columns / kBlock;
    matrix.bias = offset(*bias, e * rows);
    result.push_back(matrix);
  }
  return result;
}

Expected<void> load_fused(Loader& loader, const std::string& experts, LoadedLayer& layer) {
  const kernels::Shape& shape = layer.config.shape;
  const auto gate_up = fused_matrices(loader, experts + ".gate_up_proj", shape.experts,
                                      2 * shape.intermediate, shape.hidden);
  if (!gate_up) return tl::unexpected(gate_up.error());
  const auto down = fused_matrices(loader, experts + ".down_proj", shape.experts, shape.hidden,
                                   shape.intermediate);
  if (!down) return tl::unexpected(down.error());
  for (std::size_t e = 0; e < gate_up->size(); ++e) {
    const kernels::GateUp both =
        split_gate_up((*gate_up)[e], kernels::GateUpLayout::interleaved, layer.config);
    layer.weights.experts.push_back({both.gate, both.up, (*down)[e]});
  }
  return {};
}

Expected<void> load_router(Loader& loader, const Architecture& architecture,
                           const std::string& module, LoadedLayer& layer) {
  const kernels::Shape& shape = layer.config.shape;
  const Expected<Values> weight =
      loader.values(module + ".weight", {shape.experts, shape.hidden});
  if (!weight) return tl::unexpected(weight.error());
  layer.weights.router = *weight;
  if (architecture.biases) {
    const Expected<Values> bias = loader.values(module + ".bias", {shape.experts});
    if (!bias) return tl::unexpected(bias.error());
    layer.weights.router_bias = *bias;
  }
  if (architecture.routing == kernels::Router::Kind::sigmoid_grouped) {
    const Expected<Values> bias =
        loader.values(module + ".e_score_correction_bias", {shape.experts});
    if (!bias) return tl::unexpected(bias.error());
    layer.weights.correction_bias = *bias;
  }
  return {};
}

// The members of config.json that make a layer dense, for messages.
std::string_view dense_by(const Architecture& architecture) {
  if (architecture.model_type == "deepseek_v3") {
    return " by $.first_k_dense_replace (3 where it is missing) and $.moe_layer_freq";
  }
  if (architecture.model_type == "qwen2_moe" || architecture.model_type == "qwen3_moe") {
    return " by $.decoder_sparse_step and $.mlp_only_layers";
  }
  return "";
}

Expected<const MoeLayer*> check_layer(const ModelDescription& model, std::int64_t index) {
  if (index < 0 || index >= model.layers) {
    return fail(fmt::format("{}: there is no layer {}; the model has layers 0 to {}", model.where,
                            index, model.layers - 1));
  }
  const MoeLayer* layer = model.find_layer(index);
  if (layer == nullptr) {
    std::string others = "it has no mixture-of-experts layer";
    if (!model.moe_layers.empty()) {
      others = fmt::format("mixture-of-experts layers lie from {} to {}",
                           model.moe_layers.front().index, model.moe_layers.back().index);
    }
    return fail(fmt::format("{}: layer {} is dense, it has no experts{}; {}", model.where, index,
                            dense_by(*model.architecture), others));
  }
  if (!layer->quantisation.scheme) {
    return fail(fmt::format("{}: layer {} is not quantised (by {}); only OCP MX layers can be run",
                            model.where, index, layer->quantisation.decided_by));
  }
  const bool scaled =
      info(*layer->quantisation.scheme).activation == kernels::ActivationFormat::fp8;
  if (scaled != (layer->quantisation.calibration == Calibration::fixed) &&
      layer->quantisation.calibration != Calibration::none) {
    return fail(fmt::format(
        "{}: layer {}: {}.input_tensors.is_dynamic: {} has {} activations here, which no kernel "
        "runs; fp8 activations need a static scale, MX activations a dynamic one",
        model.where, index, layer->quantisation.decided_by,
        info(*layer->quantisation.scheme).name, name_of(layer->quantisation.calibration)));
  }
  return layer;
}

}  // namespace

Expected<LoadedLayer> load_layer(const ModelDescription& model, std::shared_ptr<TensorStore> store,
                                 std::int64_t index) {
  const Expected<const MoeLayer*> description = check_layer(model, index);
  if (!description) return tl::unexpected(description.error());
  const Architecture& architecture = *model.architecture;
  LoadedLayer layer;
  layer.store = std::move(store);
  layer.config = {.scheme = *(*description)->quantisation.scheme,
                  .shape = model.shape,
                  .activation = architecture.activation,
                  .router = model.router};
  Loader loader(layer);
  const std::string experts = experts_module(architecture, index);
  Expected<void> loaded = model.container == Container::mxfp4
                              ? load_fused(loader, experts, layer)
                              : load_quark(loader, architecture, experts, layer);
  if (!loaded) return tl::unexpected(loaded.error());
  loaded = load_router(loader, architecture, router_module(architecture, index), layer);
  if (!loaded) return tl::unexpected(loaded.error());
  return layer;
}

}  // namespace switchyard::checkpoint
