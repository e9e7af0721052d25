#include <algorithm>
#include <string>

#include "kernels/gpu/expert_products.h"
#include "kernels/gpu/launching.h"
#include "kernels/mx/block.h"

// x encoded, then both products with packed operands on both sides: three launches.
namespace switchyard::kernels::gpu {
namespace {

std::string_view encoding_of(ActivationFormat format) {
  return format == ActivationFormat::mxfp4        ? "mxfp4"
         : format == ActivationFormat::mxfp6_e3m2 ? "mxfp6_e3m2"
         : format == ActivationFormat::mxfp6_e2m3 ? "mxfp6_e2m3"
                                                  : "fp8";
}

class NativeProducts final : public ExpertProducts {
 public:
  NativeProducts(Device& device, const ProductsConfig& config, const DeviceWeights& weights)
      : device_(device),
        config_(config),
        weights_(weights),
        experts_(static_cast<std::uint32_t>(config.config.shape.experts)),
        hidden_(static_cast<std::uint32_t>(config.config.shape.hidden)),
        intermediate_(static_cast<std::uint32_t>(config.config.shape.intermediate)),
        top_k_(static_cast<std::uint32_t>(config.config.shape.top_k)) {}

  Expected<void> prepare() {
    const SchemeInfo& scheme = info(config_.config.scheme);
    const std::string activations(encoding_of(scheme.activation));
    const std::string shape = std::string(name_of(scheme.weight)) + "_a_" + activations + "_m" +
                              std::to_string(config_.block_m);
    const struct {
      Function* to;
      std::string name;
    } functions[] = {{&encode_, "switchyard_encode_" + activations},
                     {&gate_up_, "switchyard_native_gate_up_" + shape},
                     {&down_, "switchyard_native_down_" + shape}};
    for (const auto& [to, name] : functions) {
      const auto function = device_.function(name);
      if (!function) return tl::unexpected(function.error());
      *to = *function;
    }
    return {};
  }

  Expected<void> enqueue(const Grouped& grouped, Stream stream) const override {
    // A byte an element is enough for the codes of any format; scales follow.
    std::uint8_t* x_scales = grouped.x_workspace + std::size_t{grouped.tokens} * hidden_;
    auto* h = reinterpret_cast<std::uint8_t*>(grouped.h);
    std::uint8_t* h_scales = h + std::size_t{grouped.tokens} * top_k_ * intermediate_;
    const device::Encode encode{grouped.x, grouped.x_workspace, x_scales,
                                static_cast<std::uint32_t>(grouped.tokens * (hidden_ / mx::kBlock)),
                                config_.input_scale};
    const std::uint32_t threads = device::kWorkgroupWaves * device_.info().wave;
    auto ok =
        launch_grid(device_, encode_, divide_up(encode.blocks, threads), 1, 0, encode, stream);
    if (!ok) return ok;
    const device::NativeGateUp gate_up{grouped.x_workspace,
                                       x_scales,
                                       weights_.gate_up.as<std::uint8_t>(),
                                       weights_.gate_up_scales.as<std::uint32_t>(),
                                       weights_.gate_up_bias.as<float>(),
                                       h,
                                       h_scales,
                                       grouped.tile_begin,
                                       grouped.tile_expert,
                                       grouped.tile_pairs,
                                       0,
                                       experts_,
                                       hidden_,
                                       intermediate_,
                                       top_k_,
                                       config_.input_scale,
                                       config_.hidden_scale,
                                       config_.config.activation};
    const std::uint32_t activation_lds = config_.block_m * 2 * 132;
    ok = launch_grid(device_, gate_up_, grouped.most_tiles, divide_up(intermediate_, 64),
                     activation_lds, gate_up, stream);
    if (!ok) return ok;
    const device::NativeDown down{h,
                                  h_scales,
                                  weights_.down.as<std::uint8_t>(),
                                  weights_.down_scales.as<std::uint32_t>(),
                                  weights_.down_bias.as<float>(),
                                  grouped.y,
                                  grouped.tile_begin,
                                  grouped.tile_expert,
                                  grouped.tile_pairs,
                                  0,
                                  experts_,
                                  hidden_,
                                  intermediate_,
                                  config_.hidden_scale};
    return launch_grid(device_, down_, grouped.most_tiles, divide_up(hidden_, 128), 0, down,
                       stream);
  }

 private:
  Device& device_;
  ProductsConfig config_;
  const DeviceWeights& weights_;
  std::uint32_t experts_, hidden_, intermediate_, top_k_;
  Function encode_ = 0, gate_up_ = 0, down_ = 0;
};

}  // namespace

Expected<std::unique_ptr<ExpertProducts>> native_products(Device& device,
                                                          const ProductsConfig& config,
                                                          const DeviceWeights& weights) {
  auto products = std::make_unique<NativeProducts>(device, config, weights);
  if (auto ok = products->prepare(); !ok) return tl::unexpected(ok.error());
  return products;
}

}  // namespace switchyard::kernels::gpu
