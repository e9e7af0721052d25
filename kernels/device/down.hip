// The second product of the emulated variant, weights as bf16: y = s h Wd^T + bd for the pairs of a tile
// and 128 columns of H, s is 1, or fp8's static scale. Grid x = most tiles, y = ceil(H / 128). LDS: the
// product's.
#include "kernels/device/vocabulary/target.h"

#if !defined(SWITCHYARD_SM_90)
#include "kernels/device/product.h"
#include "kernels/device/product_rows.h"

namespace switchyard::kernels::device::inline SWITCHYARD_MODEL {
namespace {

struct DownRows {
  const Bf16* weight;  // of the expert
  unsigned hidden, intermediate, column;

  SWITCHYARD_MEMBER const Bf16* operator()(unsigned b) const {
    const unsigned n = column + b;
    return n < hidden ? weight + std::size_t{n} * intermediate : nullptr;
  }
};

template <unsigned kBlockM>
SWITCHYARD_DEVICE void down(const DownProduct& argument) {
  ExpertTile tile;
  if (!tile.find(argument, workgroup_x(), kBlockM)) return;
  const unsigned hidden = argument.hidden, intermediate = argument.intermediate;
  const unsigned column = workgroup_y() * kProductColumns;
  const PairRows h = {argument.h, tile.pairs, intermediate, 1};
  const DownRows weight = {
      argument.weight + std::size_t{tile.expert - argument.first_expert} * hidden * intermediate,
      hidden, intermediate, column};
  Sums sums[kBlockM / kTile][kStrips];
  multiply_rows<kBlockM>(h, weight, intermediate, sums);
  const ProductRows y(argument, tile);
#pragma unroll
  for (unsigned m = 0; m < kBlockM / kTile; ++m) {
#pragma unroll
    for (unsigned s = 0; s < kStrips; ++s) {
      y.write(m * kTile, column + (wave() * kStrips + s) * kTile, sums[m][s]);
    }
  }
}

}  // namespace

SWITCHYARD_KERNEL(switchyard_down_m16, DownProduct) { down<16>(argument); }
SWITCHYARD_KERNEL(switchyard_down_m32, DownProduct) { down<32>(argument); }
SWITCHYARD_KERNEL(switchyard_down_m64, DownProduct) { down<64>(argument); }

}  // namespace switchyard::kernels::device::inline SWITCHYARD_MODEL
#endif
