#include <algorithm>
#include <string>

#include "kernels/gpu/products_base.h"
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

class NativeProducts final : public ProductsBase {
 public:
  NativeProducts(Device& device, const ProductsConfig& config, const DeviceWeights& weights)
      : ProductsBase(device, config, weights) {}

  Expected<void> prepare() {
    const std::string activations(encoding_of(info(config_.config.scheme).activation));
    const std::string shape = format() + "_a_" + activations + block();
    return find({{&encode_, "switchyard_encode_" + activations},
                 {&gate_up_, "switchyard_native_gate_up_" + shape},
                 {&down_, "switchyard_native_down_" + shape}});
  }

  Expected<void> enqueue(const Grouped& grouped, Stream stream) const override {
    // A byte an element is enough for the codes of any format; scales follow.
    std::uint8_t* x_scales = grouped.x_workspace + std::size_t{grouped.tokens} * hidden_;
    auto* h = reinterpret_cast<std::uint8_t*>(grouped.h);
    std::uint8_t* h_scales = h + std::size_t{grouped.tokens} * top_k_ * intermediate_;
    const device::Encode encode{grouped.x, grouped.x_workspace, x_scales,
                                static_cast<std::uint32_t>(grouped.tokens * (hidden_ / mx::kBlock)),
                                config_.input_scale};
    auto ok =
        launch_grid(device_, encode_, divide_up(encode.blocks, threads()), 1, 0, encode, stream);
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
  Function encode_ = 0, gate_up_ = 0, down_ = 0;
};

}  // namespace

Expected<std::unique_ptr<ExpertProducts>> native_products(Device& device,
                                                          const ProductsConfig& config,
                                                          const DeviceWeights& weights) {
  return prepared<NativeProducts>(device, config, weights);
}

}  // namespace switchyard::kernels::gpu
