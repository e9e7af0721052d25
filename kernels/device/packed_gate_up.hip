// The first product of the packed variant, and the activation: as gate_up.hip, but weights stay packed
// until they are in registers. Strips of the weights [2 I, H] alternate gate and up in a wave, so that a
// lane has both of the same elements. Grid x = most tiles, y = ceil(I / (kColumns / 2)).
#include "kernels/device/vocabulary/target.h"

#if !defined(SWITCHYARD_SM_90)
#include "kernels/device/activation_tile.h"
#include "kernels/device/packed_product.h"
#include "kernels/device/strips.h"

namespace switchyard::kernels::device::inline SWITCHYARD_MODEL {
namespace {

template <typename Format, unsigned kBlockM, unsigned kSplit>
SWITCHYARD_DEVICE void gate_up(const PackedGateUp& argument) {
  using Product = PackedProduct<Format, kBlockM, kSplit>;
  constexpr unsigned kColumns = Product::kColumns / 2;
  ExpertTile tile;
  if (!tile.find(argument, workgroup_x(), kBlockM)) return;
  const unsigned hidden = argument.hidden, intermediate = argument.intermediate;
  const unsigned column = workgroup_y() * kColumns;
  const PairRows x = {argument.x, tile.pairs, hidden, argument.top_k};
  const std::size_t records =
      std::size_t{tile.expert} * (2 * intermediate / kStripRows) * groups_of(hidden);
  Product product;
  product.run(x, argument.weight + records * record_bytes(Format::bits),
              argument.scales + records * kStripRows,
              GateUpStrips<Product>{intermediate, column}, hidden);
  const ActivationTile<kBlockM, kColumns> h(
      argument, tile, column,
      Bf16Writer{argument.h, intermediate, argument.format, argument.hidden_scale});
  if (Product::has_sums()) {
#pragma unroll
    for (unsigned m = 0; m < Product::kTiles; ++m) {
#pragma unroll
      for (unsigned s = 0; s < Product::kStrips; s += 2) {
        h.add(m * kTile, (Product::column_wave() * Product::kStrips + s) / 2 * kTile,
              product.sums[m][s], product.sums[m][s + 1]);
      }
    }
  }
  h.write();
}

}  // namespace

#define SWITCHYARD_PACKED_GATE_UP(format, Format, m, s)                              \
  SWITCHYARD_KERNEL(switchyard_packed_gate_up_##format##_m##m##_s##s, PackedGateUp) { \
    gate_up<mx::Format, m, s>(argument);                                             \
  }
SWITCHYARD_PACKED_SHAPES(SWITCHYARD_PACKED_GATE_UP)

}  // namespace switchyard::kernels::device::inline SWITCHYARD_MODEL
#endif
