#include <algorithm>
#include <string>

#include "kernels/gpu/products_base.h"

// Both products straight from packed weights: two launches.
namespace switchyard::kernels::gpu {
namespace {

class PackedProducts final : public ProductsBase {
 public:
  PackedProducts(Device& device, const ProductsConfig& config, const DeviceWeights& weights)
      : ProductsBase(device, config, weights) {}

  Expected<void> prepare() {
    const std::string shape = format() + block() + "_s" + std::to_string(config_.split_k);
    return find({{&gate_up_, "switchyard_packed_gate_up_" + shape},
                 {&down_, "switchyard_packed_down_" + shape}});
  }

  Expected<void> enqueue(const Grouped& grouped, Stream stream) const override {
    if (auto ok = gate_up(grouped, stream); !ok) return ok;
    return down(grouped, stream);
  }

 private:
  // Columns of I that a workgroup of the first product has; of H the second has twice as many.
  std::uint32_t columns() const { return config_.split_k == 1 ? 64 : 32; }

  // For rows on their way to registers, or the sums of waves that share a reduction.
  std::uint32_t product_lds() const {
    if (config_.split_k == 4) return 12288;
    if (config_.split_k == 2) return 4096;
    return config_.block_m > 16 ? config_.block_m * 256 : 0;
  }

  Expected<void> gate_up(const Grouped& grouped, Stream stream) const {
    const LayerConfig& layer = config_.config;
    const device::PackedGateUp argument{grouped.x,
                                        weights_.gate_up.as<std::uint8_t>(),
                                        weights_.gate_up_scales.as<std::uint32_t>(),
                                        weights_.gate_up_bias.as<float>(),
                                        grouped.h,
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
                                        layer.activation,
                                        info(layer.scheme).activation};
    const std::uint32_t activation_lds = config_.block_m * columns() / 32 * 132;
    return launch_grid(device_, gate_up_, grouped.most_tiles, divide_up(intermediate_, columns()),
                       std::max(product_lds(), activation_lds), argument, stream);
  }

  Expected<void> down(const Grouped& grouped, Stream stream) const {
    const device::PackedDown argument{grouped.h,
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
    return launch_grid(device_, down_, grouped.most_tiles, divide_up(hidden_, 2 * columns()),
                       product_lds(), argument, stream);
  }

  Function gate_up_ = 0, down_ = 0;
};

}  // namespace

Expected<std::unique_ptr<ExpertProducts>> packed_products(Device& device,
                                                          const ProductsConfig& config,
                                                          const DeviceWeights& weights) {
  return prepared<PackedProducts>(device, config, weights);
}

}  // namespace switchyard::kernels::gpu
