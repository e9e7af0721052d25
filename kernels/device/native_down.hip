// The second product of the native variant: as packed_down.hip, h packed too. Grid x = most tiles,
// y = ceil(H / 128). gfx950 only.
#include "kernels/device/vocabulary/target.h"

#if defined(SWITCHYARD_GFX950)
#include "kernels/device/native_product.h"
#include "kernels/device/product_rows.h"
#include "kernels/device/strips.h"

namespace switchyard::kernels::device::inline SWITCHYARD_MODEL {
namespace {

template <typename B, typename A, unsigned kBlockM>
SWITCHYARD_DEVICE void down(const NativeDown& argument) {
  using Product = NativeProduct<A, B, kBlockM>;
  ExpertTile tile;
  if (!tile.find(argument, workgroup_x(), kBlockM)) return;
  const unsigned hidden = argument.hidden, intermediate = argument.intermediate;
  const unsigned column = workgroup_y() * Product::kColumns;
  CodedRows<A, kBlockM> h(argument.h, argument.h_scales, PairIndex{tile.pairs, 1}, intermediate);
  const std::size_t records =
      std::size_t{tile.expert} * (hidden / kStripRows) * groups_of(intermediate);
  Product product;
  product.run(h, argument.weight + records * record_bytes(B::bits),
              argument.scales + records * kStripRows, DownStrips<Product>{hidden, column},
              intermediate);
  const ProductRows y(argument, tile);
#pragma unroll
  for (unsigned m = 0; m < Product::kTiles; ++m) {
#pragma unroll
    for (unsigned s = 0; s < Product::kStrips; ++s) {
      y.write(m * kTile, column + (wave() * Product::kStrips + s) * kTile, product.sums[m][s]);
    }
  }
}

}  // namespace

#define SWITCHYARD_NATIVE_DOWN(b, B, a, A, m)                                    \
  SWITCHYARD_KERNEL(switchyard_native_down_##b##_a_##a##_m##m, NativeDown) {      \
    down<mx::B, mx::A, m>(argument);                                             \
  }
SWITCHYARD_NATIVE_SHAPES(SWITCHYARD_NATIVE_DOWN)

}  // namespace switchyard::kernels::device::inline SWITCHYARD_MODEL
#endif
