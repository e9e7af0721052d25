#include <algorithm>
#include <string>

#include "kernels/device/fragment_layout.h"
#include "kernels/gpu/products_base.h"

// The products of the packed and the emulated variant on sm_90a (warpgroup_*.hip), from the same
// packed weights. Packed: two launches, and activate.hip between them where split_k is not 1.
// Emulated: experts dequantised a batch at a time, into memory that both products of the batch use.
namespace switchyard::kernels::gpu {
namespace {

using device::WarpgroupShape;

// The instances, by the bits of the weights that they multiply.
#define SWITCHYARD_INSTANCE(format, Format, ...) {__VA_ARGS__},
constexpr WarpgroupShape kFp4[] = {SWITCHYARD_WARPGROUP_FP4_SHAPES(SWITCHYARD_INSTANCE)};
constexpr WarpgroupShape kFp6[] = {SWITCHYARD_WARPGROUP_FP6_SHAPES(SWITCHYARD_INSTANCE)};
constexpr WarpgroupShape kDecoded[] = {SWITCHYARD_WARPGROUP_DECODED_SHAPES(SWITCHYARD_INSTANCE)};
constexpr std::uint32_t kDecodedBits = 16;

std::span<const WarpgroupShape> shapes_of(std::uint32_t bits) {
  if (bits == kDecodedBits) return kDecoded;
  return bits == 4 ? std::span<const WarpgroupShape>(kFp4) : kFp6;
}

std::uint32_t multiplied_bits(Variant variant, Scheme scheme) {
  return variant == Variant::emulated ? kDecodedBits
                                      : static_cast<std::uint32_t>(bits_of(info(scheme).weight));
}

// Of a block_m that there is.
WarpgroupShape shape_of(std::uint32_t bits, std::uint32_t block_m) {
  const auto shapes = shapes_of(bits);
  return *std::find_if(shapes.begin(), shapes.end(),
                       [&](const WarpgroupShape& shape) { return shape.block_m == block_m; });
}

Expected<void> check_block_m(Variant variant, std::uint32_t bits, std::uint32_t block_m) {
  std::string there;
  for (const WarpgroupShape& shape : shapes_of(bits)) {
    if (shape.block_m == block_m) return {};
    // Both formats of fp6 have the same.
    const std::string name = std::to_string(shape.block_m);
    if (there.find(name) == std::string::npos) there += (there.empty() ? "" : ", ") + name;
  }
  return fail("variant " + std::string(name_of(variant)) + " has no kernel of block_m " +
              std::to_string(block_m) + " on sm_90a; it has " + there);
}

class WarpgroupProducts : public ProductsBase {
 public:
  // bits: of a weight as the products read it.
  WarpgroupProducts(Device& device, const ProductsConfig& config, const DeviceWeights& weights,
                    std::uint32_t bits)
      : ProductsBase(device, config, weights),
        shape_(shape_of(bits, config.block_m)),
        bits_(bits) {}

 protected:
  // The products with experts first .. last - 1, whose weights begin at the addresses.
  Expected<void> gate_up(const Grouped& grouped, const void* weight, std::uint32_t first,
                         std::uint32_t last, Stream stream) const {
    const LayerConfig& layer = config_.config;
    const device::WarpgroupGateUp argument{grouped.x,
                                           static_cast<const std::uint8_t*>(weight),
                                           weights_.gate_up_scales.as<std::uint32_t>(),
                                           weights_.gate_up_bias.as<float>(),
                                           grouped.h,
                                           grouped.tile_begin,
                                           grouped.tile_expert,
                                           grouped.tile_pairs,
                                           first,
                                           last,
                                           hidden_,
                                           intermediate_,
                                           top_k_,
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
    return launch_grid(
        device_, gate_up_, grouped.most_tiles, parts() * divide_up(intermediate_, columns),
        std::max(product_lds(), activation_lds), argument, stream, false, shape_.waves);
  }
  Expected<void> down(const Grouped& grouped, const void* weight, std::uint32_t first,
                      std::uint32_t last, Stream stream) const {
    const device::WarpgroupDown argument{grouped.h,
                                         static_cast<const std::uint8_t*>(weight),
                                         weights_.down_scales.as<std::uint32_t>(),
                                         weights_.down_bias.as<float>(),
                                         grouped.y,
                                         grouped.tile_begin,
                                         grouped.tile_expert,
                                         grouped.tile_pairs,
                                         first,
                                         last,
                                         hidden_,
                                         intermediate_,
                                         config_.hidden_scale,
                                         parts(),
                                         pairs_of(grouped),
                                         weights_.large_scales};
    return launch_grid(device_, down_, grouped.most_tiles, parts() * divide_up(hidden_, rows()),
                       product_lds(), argument, stream, true, shape_.waves);
  }

  Function gate_up_ = 0, down_ = 0;

 private:
  // Weight rows of a workgroup.
  std::uint32_t rows() const { return shape_.waves * shape_.strips * device::kStripRows; }
  std::uint32_t product_lds() const {
    return shape_.stages * device::warpgroup_stage_bytes(shape_, bits_);
  }

  WarpgroupShape shape_;
  std::uint32_t bits_;
};

class WarpgroupPacked final : public WarpgroupProducts {
 public:
  WarpgroupPacked(Device& device, const ProductsConfig& config, const DeviceWeights& weights)
      : WarpgroupProducts(device, config, weights,
                          multiplied_bits(Variant::packed, config.config.scheme)) {}

  Expected<void> prepare() {
    auto ok = find({{&gate_up_, "switchyard_packed_gate_up_" + format() + block()},
                    {&down_, "switchyard_packed_down_" + format() + block()}});
    if (ok && parts() != 1) ok = find({{&activate_, "switchyard_activate"}});
    return ok;
  }

  std::uint32_t parts() const override { return config_.split_k; }
  std::size_t partial_bytes(std::size_t pairs) const override {
    return parts() == 1 ? 0 : parts() * pairs * 2 * intermediate_ * sizeof(float);
  }

  Expected<void> enqueue(const Grouped& grouped, Stream stream) const override {
    auto ok = gate_up(grouped, weights_.gate_up.as<void>(), 0, experts_, stream);
    if (ok && parts() != 1) ok = activate(grouped, stream);
    if (ok) ok = down(grouped, weights_.down.as<void>(), 0, experts_, stream);
    return ok;
  }

 private:
  Expected<void> activate(const Grouped& grouped, Stream stream) const {
    const device::Activate argument{grouped.partial,
                                    grouped.h,
                                    parts(),
                                    pairs_of(grouped),
                                    intermediate_,
                                    config_.hidden_scale,
                                    config_.config.activation,
                                    info(config_.config.scheme).activation};
    const std::uint64_t blocks = std::uint64_t{argument.pairs} * intermediate_ / 32;
    return launch_grid(device_, activate_, divide_up(blocks, threads()), 1, 0, argument, stream,
                       true);
  }

  Function activate_ = 0;
};

class WarpgroupEmulated final : public WarpgroupProducts {
 public:
  WarpgroupEmulated(Device& device, const ProductsConfig& config, const DeviceWeights& weights)
      : WarpgroupProducts(device, config, weights, kDecodedBits) {}

  Expected<void> prepare() {
    auto ok = find({{&dequantise_, "switchyard_dequantise_records_" + format()},
                    {&gate_up_, "switchyard_gate_up_bf16" + block()},
                    {&down_, "switchyard_down_bf16" + block()}});
    if (!ok) return ok;
    const std::size_t records = std::max(gate_up_records(), down_records());
    const std::size_t an_expert = records * device::record_bytes(kDecodedBits);
    batch_ = static_cast<std::uint32_t>(
        std::clamp<std::size_t>(config_.workspace_bytes / an_expert, 1, experts_));
    auto memory = Memory::allocate(device_, batch_ * an_expert);
    if (!memory) return tl::unexpected(memory.error());
    dequantised_ = std::move(*memory);
    return {};
  }

  Expected<void> enqueue(const Grouped& grouped, Stream stream) const override {
    const void* const weight = dequantised_.as<void>();
    for (std::uint32_t first = 0; first < experts_; first += batch_) {
      const std::uint32_t last = std::min(first + batch_, experts_);
      auto ok = dequantise(grouped, weights_.gate_up, weights_.gate_up_scales, gate_up_records(),
                           first, last, stream);
      if (ok) ok = gate_up(grouped, weight, first, last, stream);
      if (ok) {
        ok = dequantise(grouped, weights_.down, weights_.down_scales, down_records(), first, last,
                        stream);
      }
      if (ok) ok = down(grouped, weight, first, last, stream);
      if (!ok) return ok;
    }
    return {};
  }

 private:
  // Of an expert.
  std::uint32_t gate_up_records() const {
    return 2 * intermediate_ / device::kStripRows * device::groups_of(hidden_);
  }
  std::uint32_t down_records() const {
    return hidden_ / device::kStripRows * device::groups_of(intermediate_);
  }

  Expected<void> dequantise(const Grouped& grouped, const Memory& elements, const Memory& scales,
                            std::uint32_t records, std::uint32_t first, std::uint32_t last,
                            Stream stream) const {
    const device::DequantiseRecords argument{elements.as<std::uint8_t>(),
                                             scales.as<std::uint32_t>(),
                                             dequantised_.as<std::uint8_t>(),
                                             grouped.tile_begin,
                                             grouped.tile_expert,
                                             records,
                                             first,
                                             last,
                                             grouped.most_tiles < last - first};
    const std::uint64_t pieces = std::uint64_t{records} * device::kRecordPieces;
    return launch_grid(device_, dequantise_,
                       divide_up(pieces, device::kDequantisedPieces * threads()),
                       std::min(grouped.most_tiles, last - first), 0, argument, stream);
  }

  std::uint32_t batch_ = 1;  // experts
  Memory dequantised_;       // of a batch: records of [2 I, H] or [H, I] of each
  Function dequantise_ = 0;
};

}  // namespace

Expected<std::unique_ptr<ExpertProducts>> warpgroup_products(Variant variant, Device& device,
                                                             const ProductsConfig& config,
                                                             const DeviceWeights& weights) {
  const std::uint32_t bits = multiplied_bits(variant, config.config.scheme);
  if (auto ok = check_block_m(variant, bits, config.block_m); !ok) {
    return tl::unexpected(ok.error());
  }
  return variant == Variant::packed ? prepared<WarpgroupPacked>(device, config, weights)
                                    : prepared<WarpgroupEmulated>(device, config, weights);
}

}  // namespace switchyard::kernels::gpu
