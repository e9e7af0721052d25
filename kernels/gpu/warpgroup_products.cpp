#include <algorithm>
#include <string>

#include "kernels/device/fragment_layout.h"
#include "kernels/gpu/expert_products.h"
#include "kernels/gpu/launching.h"

// Both products straight from packed weights on sm_90a: two launches of warpgroup_*.hip, and
// activate.hip between them where split_k is not 1.
namespace switchyard::kernels::gpu {
namespace {

// How an instance of a block_m is built (SWITCHYARD_WARPGROUP_SHAPES).
struct Instance {
  std::uint32_t block_m, strips, stages;
};
#define SWITCHYARD_INSTANCE(format, Format, m, strips, stages) {m, strips, stages},
constexpr Instance kInstances[] = {
    SWITCHYARD_WARPGROUP_SHAPES_OF(SWITCHYARD_INSTANCE, mxfp4, Fp4E2M1)};

Instance instance_of(std::uint32_t block_m) {
  return *std::find_if(std::begin(kInstances), std::end(kInstances),
                       [&](const Instance& instance) { return instance.block_m == block_m; });
}

class WarpgroupProducts final : public ExpertProducts {
 public:
  WarpgroupProducts(Device& device, const ProductsConfig& config, const DeviceWeights& weights)
      : device_(device),
        config_(config),
        weights_(weights),
        instance_(instance_of(config.block_m)),
        experts_(static_cast<std::uint32_t>(config.config.shape.experts)),
        hidden_(static_cast<std::uint32_t>(config.config.shape.hidden)),
        intermediate_(static_cast<std::uint32_t>(config.config.shape.intermediate)) {}

  Expected<void> prepare() {
    const std::string shape = std::string(name_of(info(config_.config.scheme).weight)) + "_m" +
                              std::to_string(config_.block_m);
    const auto gate_up = device_.function("switchyard_packed_gate_up_" + shape);
    if (!gate_up) return tl::unexpected(gate_up.error());
    const auto down = device_.function("switchyard_packed_down_" + shape);
    if (!down) return tl::unexpected(down.error());
    if (parts() != 1) {
      const auto activate = device_.function("switchyard_activate");
      if (!activate) return tl::unexpected(activate.error());
      activate_ = *activate;
    }
    gate_up_ = *gate_up;
    down_ = *down;
    return {};
  }

  std::uint32_t parts() const override { return config_.split_k; }
  std::size_t partial_bytes(std::size_t pairs) const override {
    return parts() == 1 ? 0 : parts() * pairs * 2 * intermediate_ * sizeof(float);
  }

  Expected<void> enqueue(const Grouped& grouped, Stream stream) const override {
    if (auto ok = gate_up(grouped, stream); !ok) return ok;
    if (auto ok = activate(grouped, stream); !ok) return ok;
    return down(grouped, stream);
  }

 private:
  std::uint32_t pairs_of(const Grouped& grouped) const {
    return grouped.tokens * static_cast<std::uint32_t>(config_.config.shape.top_k);
  }
  // Weight rows of a workgroup.
  std::uint32_t rows() const {
    return device::kWorkgroupWaves * instance_.strips * device::kStripRows;
  }
  std::uint32_t product_lds() const {
    const auto bits = static_cast<unsigned>(bits_of(info(config_.config.scheme).weight));
    return instance_.stages *
           device::warpgroup_stage_bytes(config_.block_m, instance_.strips, bits);
  }

  Expected<void> gate_up(const Grouped& grouped, Stream stream) const {
    const LayerConfig& layer = config_.config;
    const device::WarpgroupGateUp argument{grouped.x,
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
                                           static_cast<std::uint32_t>(layer.shape.top_k),
                                           config_.input_scale,
                                           config_.hidden_scale,
                                           layer.activation,
                                           info(layer.scheme).activation,
                                           grouped.partial,
                                           parts(),
                                           pairs_of(grouped),
                                           weights_.large_scales};
    const std::uint32_t columns = rows() / 2;
    const std::uint32_t activation_lds = 2 * config_.block_m * columns / 32 * 132;
    return launch_grid(device_, gate_up_, grouped.most_tiles,
                       parts() * divide_up(intermediate_, columns),
                       std::max(product_lds(), activation_lds), argument, stream);
  }

  Expected<void> activate(const Grouped& grouped, Stream stream) const {
    if (parts() == 1) return {};
    const device::Activate argument{grouped.partial,
                                    grouped.h,
                                    parts(),
                                    pairs_of(grouped),
                                    intermediate_,
                                    config_.hidden_scale,
                                    config_.config.activation,
                                    info(config_.config.scheme).activation};
    const std::uint64_t blocks = std::uint64_t{argument.pairs} * intermediate_ / 32;
    const std::uint32_t threads = device::kWorkgroupWaves * device_.info().wave;
    return launch_grid(device_, activate_, divide_up(blocks, threads), 1, 0, argument, stream);
  }

  Expected<void> down(const Grouped& grouped, Stream stream) const {
    const device::WarpgroupDown argument{grouped.h,
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
                                         config_.hidden_scale,
                                         parts(),
                                         pairs_of(grouped),
                                         weights_.large_scales};
    return launch_grid(device_, down_, grouped.most_tiles, parts() * divide_up(hidden_, rows()),
                       product_lds(), argument, stream);
  }

  Device& device_;
  ProductsConfig config_;
  const DeviceWeights& weights_;
  Instance instance_;
  std::uint32_t experts_, hidden_, intermediate_;
  Function gate_up_ = 0, activate_ = 0, down_ = 0;
};

}  // namespace

Expected<std::unique_ptr<ExpertProducts>> warpgroup_products(Device& device,
                                                             const ProductsConfig& config,
                                                             const DeviceWeights& weights) {
  auto products = std::make_unique<WarpgroupProducts>(device, config, weights);
  if (auto ok = products->prepare(); !ok) return tl::unexpected(ok.error());
  return products;
}

}  // namespace switchyard::kernels::gpu
