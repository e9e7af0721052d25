// The second product of the packed and emulated variants on sm_90a, through warpgroup_product.h.
// `parts` workgroups share a reduction, each with groups of k of its own and a y of its own, which
// combine.hip adds. Grid x = most tiles, y = parts * ceil(H / kColumns).
#include "kernels/device/product_rows.h"
#include "kernels/device/strips.h"
#include "kernels/device/warpgroup_product.h"

#if defined(SWITCHYARD_SM_90)
namespace switchyard::kernels::device::inline SWITCHYARD_MODEL {
namespace {

template <typename Format, unsigned kTokens, unsigned kStrips, unsigned kStages>
SWITCHYARD_DEVICE void down(const WarpgroupDown& argument) {
  using Product = WarpgroupProduct<Format, kTokens, kStrips, kStages>;
  // The emulated variant's weights are what the kernel before this one writes.
  if constexpr (Format::bits == DecodedRecord::bits) wait_for_previous();
  ExpertTile tile;
  // The tiles are older than the kernel before, which alone may still be running.
  if (!tile.find(argument, workgroup_x(), kTokens)) return wait_for_previous();
  const unsigned hidden = argument.hidden, intermediate = argument.intermediate;
  const unsigned part = workgroup_y() % argument.parts;
  const unsigned column = workgroup_y() / argument.parts * Product::kColumns;
  const unsigned groups = groups_of(intermediate);
  const PairRows h = {argument.h, tile.pairs, intermediate, 1};
  const std::size_t records =
      std::size_t{tile.expert - argument.first_expert} * (hidden / kStripRows) * groups;
  Product product;
  const DownStrips<Product> strips = {hidden, column};
  const GroupRange range = {groups * part / argument.parts, groups * (part + 1) / argument.parts};
  const std::uint8_t* weight = argument.weight + records * record_bytes(Format::bits);
  const std::uint32_t* scales = argument.scales + records * kStripRows;
  if (Format::bits < 16 && argument.large_scales) {
    product.template run<true>(h, weight, scales, strips, intermediate, range);
  } else {
    product.template run<false>(h, weight, scales, strips, intermediate, range);
  }
  const ProductRows y = ProductRows(argument, tile).part(part, argument.pairs);
#pragma unroll
  for (unsigned at = 0; at < kTokens / 2; ++at) {
#pragma unroll
    for (unsigned s = 0; s < kStrips; ++s) {
      y.put(product.token(at), column + (wave() * kStrips + s) * kTile + product.row(at),
            product.sums[s][at]);
    }
  }
}

}  // namespace

#define SWITCHYARD_WARPGROUP_DOWN(format, Format, m, strips, stages)               \
  SWITCHYARD_EARLY_KERNEL(switchyard_packed_down_##format##_m##m, WarpgroupDown) { \
    down<mx::Format, m, strips, stages>(argument);                                 \
  }
SWITCHYARD_WARPGROUP_SHAPES(SWITCHYARD_WARPGROUP_DOWN)

#define SWITCHYARD_WARPGROUP_DOWN_OF_BF16(format, Format, m, strips, stages) \
  SWITCHYARD_EARLY_KERNEL(switchyard_down_bf16_m##m, WarpgroupDown) {        \
    down<Format, m, strips, stages>(argument);                               \
  }
SWITCHYARD_WARPGROUP_DECODED_SHAPES(SWITCHYARD_WARPGROUP_DOWN_OF_BF16)

}  // namespace switchyard::kernels::device::inline SWITCHYARD_MODEL
#endif
