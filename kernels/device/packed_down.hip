// The second product of the packed variant: as down.hip, but weights [H, I] stay packed until they are in
// registers. Grid x = most tiles, y = ceil(H / kColumns).
#include "kernels/device/vocabulary/target.h"

#if !defined(SWITCHYARD_SM_90)
#include "kernels/device/packed_product.h"
#include "kernels/device/product_rows.h"
#include "kernels/device/strips.h"

namespace switchyard::kernels::device::inline SWITCHYARD_MODEL {
namespace {

template <typename Format, unsigned kBlockM, unsigned kSplit>
SWITCHYARD_DEVICE void down(const PackedDown& argument) {
  using Product = PackedProduct<Format, kBlockM, kSplit>;
  ExpertTile tile;
  if (!tile.find(argument, workgroup_x(), kBlockM)) return;
  const unsigned hidden = argument.hidden, intermediate = argument.intermediate;
  const unsigned column = workgroup_y() * Product::kColumns;
  const PairRows h = {argument.h, tile.pairs, intermediate, 1};
  const std::size_t records =
      std::size_t{tile.expert} * (hidden / kStripRows) * groups_of(intermediate);
  Product product;
  product.run(h, argument.weight + records * record_bytes(Format::bits),
              argument.scales + records * kStripRows, DownStrips<Product>{hidden, column},
              intermediate);
  if (!Product::has_sums()) return;
  const ProductRows y(argument, tile);
#pragma unroll
  for (unsigned m = 0; m < Product::kTiles; ++m) {
#pragma unroll
    for (unsigned s = 0; s < Product::kStrips; ++s) {
      const unsigned strip = Product::column_wave() * Product::kStrips + s;
      y.write(m * kTile, column + strip * kTile, product.sums[m][s]);
    }
  }
}

}  // namespace

#define SWITCHYARD_PACKED_DOWN(format, Format, m, s)                            \
  SWITCHYARD_KERNEL(switchyard_packed_down_##format##_m##m##_s##s, PackedDown) { \
    down<mx::Format, m, s>(argument);                                           \
  }
SWITCHYARD_PACKED_SHAPES(SWITCHYARD_PACKED_DOWN)

}  // namespace switchyard::kernels::device::inline SWITCHYARD_MODEL
#endif
