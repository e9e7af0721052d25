#include <algorithm>

#include "kernels/gpu/products_base.h"
#include "kernels/mx/block.h"

// Experts dequantised to bf16 a batch at a time, into memory that both products of the batch use.
namespace switchyard::kernels::gpu {
namespace {

class EmulatedProducts final : public ProductsBase {
 public:
  EmulatedProducts(Device& device, const ProductsConfig& config, const DeviceWeights& weights)
      : ProductsBase(device, config, weights) {}

  Expected<void> prepare() {
    auto ok = find({{&dequantise_, "switchyard_dequantise_" + format()},
                    {&gate_up_, "switchyard_gate_up" + block()},
                    {&down_, "switchyard_down" + block()}});
    if (!ok) return ok;
    const std::size_t an_expert = std::size_t{2} * intermediate_ * hidden_ * sizeof(Bf16);
    batch_ = static_cast<std::uint32_t>(
        std::clamp<std::size_t>(config_.workspace_bytes / an_expert, 1, experts_));
    auto memory = Memory::allocate(device_, batch_ * an_expert);
    if (!memory) return tl::unexpected(memory.error());
    dequantised_ = std::move(*memory);
    return {};
  }

  Expected<void> enqueue(const Grouped& grouped, Stream stream) const override {
    for (std::uint32_t first = 0; first < experts_; first += batch_) {
      const std::uint32_t last = std::min(first + batch_, experts_);
      auto ok = dequantise(grouped, weights_.gate_up, weights_.gate_up_scales, 2 * intermediate_,
                           hidden_, first, last, stream);
      if (ok) ok = gate_up(grouped, first, last, stream);
      if (ok) {
        ok = dequantise(grouped, weights_.down, weights_.down_scales, hidden_, intermediate_, first,
                        last, stream);
      }
      if (ok) ok = down(grouped, first, last, stream);
      if (!ok) return ok;
    }
    return {};
  }

 private:
  std::uint32_t lds_bytes() const { return 128 * config_.block_m + 16384; }

  Expected<void> dequantise(const Grouped& grouped, const Memory& elements, const Memory& scales,
                            std::size_t rows, std::size_t columns, std::uint32_t first,
                            std::uint32_t last, Stream stream) const {
    const auto blocks = static_cast<std::uint32_t>(rows * (columns / mx::kBlock));
    const device::Dequantise argument{elements.as<std::uint8_t>(),
                                      scales.as<std::uint8_t>(),
                                      dequantised_.as<Bf16>(),
                                      grouped.counts,
                                      blocks,
                                      first};
    return launch_grid(device_, dequantise_, divide_up(blocks, threads()), last - first, 0,
                       argument, stream);
  }

  Expected<void> gate_up(const Grouped& grouped, std::uint32_t first, std::uint32_t last,
                         Stream stream) const {
    const LayerConfig& layer = config_.config;
    const device::GateUpProduct argument{grouped.x,
                                         dequantised_.as<Bf16>(),
                                         weights_.gate_up_bias.as<float>(),
                                         grouped.h,
                                         grouped.tile_begin,
                                         grouped.tile_expert,
                                         grouped.tile_pairs,
                                         first,
                                         last,
                                         hidden_,
                                         intermediate_,
                                         static_cast<std::uint32_t>(layer.shape.top_k),
                                         config_.input_scale,
                                         config_.hidden_scale,
                                         layer.activation,
                                         info(layer.scheme).activation};
    return launch_grid(device_, gate_up_, grouped.most_tiles, divide_up(intermediate_, 64),
                       lds_bytes(), argument, stream);
  }

  Expected<void> down(const Grouped& grouped, std::uint32_t first, std::uint32_t last,
                      Stream stream) const {
    const device::DownProduct argument{grouped.h,
                                       dequantised_.as<Bf16>(),
                                       weights_.down_bias.as<float>(),
                                       grouped.y,
                                       grouped.tile_begin,
                                       grouped.tile_expert,
                                       grouped.tile_pairs,
                                       first,
                                       last,
                                       hidden_,
                                       intermediate_,
                                       config_.hidden_scale};
    return launch_grid(device_, down_, grouped.most_tiles, divide_up(hidden_, 128), lds_bytes(),
                       argument, stream);
  }

  std::uint32_t batch_ = 1;  // experts
  Memory dequantised_;       // of a batch: [2 I, H] or [H, I] of each
  Function dequantise_ = 0, gate_up_ = 0, down_ = 0;
};

}  // namespace

Expected<std::unique_ptr<ExpertProducts>> emulated_products(Device& device,
                                                            const ProductsConfig& config,
                                                            const DeviceWeights& weights) {
  return prepared<EmulatedProducts>(device, config, weights);
}

}  // namespace switchyard::kernels::gpu
