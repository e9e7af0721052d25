// The first product of the native variant, and the activation: as packed_gate_up.hip, but activations are
// packed too, and so is h that is written. Grid x = most tiles, y = ceil(I / 64). gfx950 only.
#include "kernels/device/vocabulary/target.h"

#if defined(SWITCHYARD_GFX950)
#include "kernels/device/activation_tile.h"
#include "kernels/device/native_product.h"
#include "kernels/device/strips.h"
#include "kernels/device/vocabulary/encode.h"

namespace switchyard::kernels::device::inline SWITCHYARD_MODEL {
namespace {

template <typename Format>
struct CodeWriter {
  std::uint8_t* h;
  std::uint8_t* h_scales;
  unsigned intermediate;
  float static_scale;

  SWITCHYARD_MEMBER void operator()(float (&values)[32], std::size_t pair, unsigned n) const {
    const std::size_t block = (pair * intermediate + n) / 32;
    store_codes<Format>(values, static_scale, h + block * (4 * Format::bits), h_scales + block);
  }
};

template <typename B, typename A, unsigned kBlockM>
SWITCHYARD_DEVICE void gate_up(const NativeGateUp& argument) {
  using Product = NativeProduct<A, B, kBlockM>;
  constexpr unsigned kColumns = Product::kColumns / 2;
  ExpertTile tile;
  if (!tile.find(argument, workgroup_x(), kBlockM)) return;
  const unsigned hidden = argument.hidden, intermediate = argument.intermediate;
  const unsigned column = workgroup_y() * kColumns;
  CodedRows<A, kBlockM> x(argument.x, argument.x_scales, PairIndex{tile.pairs, argument.top_k},
                          hidden);
  const std::size_t records =
      std::size_t{tile.expert} * (2 * intermediate / kStripRows) * groups_of(hidden);
  Product product;
  product.run(x, argument.weight + records * record_bytes(B::bits),
              argument.scales + records * kStripRows, GateUpStrips<Product>{intermediate, column},
              hidden);
  const ActivationTile<kBlockM, kColumns, CodeWriter<A>> h(
      argument, tile, column,
      CodeWriter<A>{argument.h, argument.h_scales, intermediate, argument.hidden_scale});
#pragma unroll
  for (unsigned m = 0; m < Product::kTiles; ++m) {
    h.add(m * kTile, wave() * kTile, product.sums[m][0], product.sums[m][1]);
  }
  h.write();
}

}  // namespace

#define SWITCHYARD_NATIVE_GATE_UP(b, B, a, A, m)                                        \
  SWITCHYARD_KERNEL(switchyard_native_gate_up_##b##_a_##a##_m##m, NativeGateUp) {        \
    gate_up<mx::B, mx::A, m>(argument);                                                 \
  }
SWITCHYARD_NATIVE_SHAPES(SWITCHYARD_NATIVE_GATE_UP)

}  // namespace switchyard::kernels::device::inline SWITCHYARD_MODEL
#endif
