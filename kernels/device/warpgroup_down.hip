// The second product of the packed and emulated variants on sm_90a, through warpgroup_product.h.
// `parts` workgroups share a reduction, each with groups of k of its own and a y of its own, which
// combine.hip adds. Grid x = most tiles, y = parts * ceil(H / kColumns).
#include "kernels/device/product_rows.h"
#include "kernels/device/strips.h"
#include "kernels/device/warpgroup_product.h"

#if defined(SWITCHYARD_SM_90)
namespace switchyard::kernels::device::inline SWITCHYARD_MODEL {
namespace {

template <typename Format, Scales kScales, typename Product>
SWITCHYARD_DEVICE void down(const WarpgroupDown& argument, const ExpertTile& tile,
                            Product product) {
  const unsigned hidden = argument.hidden, intermediate = argument.intermediate;
  const unsigned parts = Product::kShared ? argument.parts : 1, part = workgroup_y() % parts;
  const unsigned column = workgroup_y() / parts * Product::kColumns;
  const unsigned groups = groups_of(intermediate);
  const PairRows h = {argument.h, tile.pairs, intermediate, 1};
  const std::size_t records =
      std::size_t{tile.expert - argument.first_expert} * (hidden / kStripRows) * groups;
  const DownStrips<Product> strips = {hidden, column};
  const GroupRange range = {groups * part / parts, groups * (part + 1) / parts};
  const std::uint8_t* weight = argument.weight + records * record_bytes(Format::bits);
  const std::uint32_t* scales = argument.scales + records * kStripRows;
  product.template run<kScales>(h, weight, scales, argument.large_scales, strips, intermediate,
                                range);
  const ProductRows y = ProductRows(argument, tile).part(part, argument.pairs);
#pragma unroll
  for (unsigned at = 0; at < Product::kTokens / 2; ++at) {
#pragma unroll
    for (unsigned s = 0; s < Product::kStrips; ++s) {
      y.put(product.token(at), column + (wave() * Product::kStrips + s) * kTile + product.row(at),
            product.sums[s][at]);
    }
  }
}

template <typename Format, WarpgroupShape kShape>
SWITCHYARD_DEVICE void down(const WarpgroupDown& argument) {
  // The emulated variant's weights are what the kernel before this one writes.
  if constexpr (Format::bits == DecodedRecord::bits) wait_for_previous();
  ExpertTile tile;
  // The tiles are older than the kernel before, which alone may still be running.
  if (!tile.find(argument, workgroup_x(), kShape.block_m)) return wait_for_previous();
  with_product<Format, kShape>(tile.pairs, argument.large_scales,
                               [&] SWITCHYARD_INLINE(auto product, auto scales) {
                                 down<Format, decltype(scales)::value>(argument, tile, product);
                               });
}

}  // namespace

#define SWITCHYARD_WARPGROUP_DOWN(format, Format, m, waves, ...)                                   \
  SWITCHYARD_EARLY_KERNEL_OF_WAVES(switchyard_packed_down_##format##_m##m, WarpgroupDown, waves) { \
    down<mx::Format, WarpgroupShape{m, waves, __VA_ARGS__}>(argument);                             \
  }
SWITCHYARD_WARPGROUP_SHAPES(SWITCHYARD_WARPGROUP_DOWN)

#define SWITCHYARD_WARPGROUP_DOWN_OF_BF16(format, Format, m, waves, ...)              \
  SWITCHYARD_EARLY_KERNEL_OF_WAVES(switchyard_down_bf16_m##m, WarpgroupDown, waves) { \
    down<Format, WarpgroupShape{m, waves, __VA_ARGS__}>(argument);                    \
  }
SWITCHYARD_WARPGROUP_DECODED_SHAPES(SWITCHYARD_WARPGROUP_DOWN_OF_BF16)

}  // namespace switchyard::kernels::device::inline SWITCHYARD_MODEL
#endif
