// The first product of the emulated variant, weights as bf16, and the activation:
//
//   gate = s x Wg^T + bg, up = s x Wu^T + bu, h = act(gate, up), quantised as the scheme says
//
// for the pairs of a tile and 64 columns of I: 64 rows of Wg and of Wu are the 128 rows of product.h, 16
// of each a wave, so that a lane has gate and up of the same elements. s is 1, or fp8's static scale.
// Grid x = most tiles, y = ceil(I / 64). LDS: max of the product's and the activation tile's.
#include "kernels/device/vocabulary/target.h"

#if !defined(SWITCHYARD_SM_90)
#include "kernels/device/activation_tile.h"
#include "kernels/device/product.h"

namespace switchyard::kernels::device::inline SWITCHYARD_MODEL {
namespace {

constexpr unsigned kColumns = kProductColumns / 2;

// Rows 32 w .. + 15 are gate rows of columns 16 w .. of the tile, rows 32 w + 16 .. up rows of the same.
struct GateUpRows {
  const Bf16* weight;  // of the expert
  unsigned hidden, intermediate, column;

  SWITCHYARD_MEMBER const Bf16* operator()(unsigned b) const {
    const unsigned n = column + b / (2 * kTile) * kTile + b % kTile;
    if (n >= intermediate) return nullptr;
    const unsigned row = (b / kTile) % 2 * intermediate + n;
    return weight + std::size_t{row} * hidden;
  }
};

template <unsigned kBlockM>
SWITCHYARD_DEVICE void gate_up(const GateUpProduct& argument) {
  ExpertTile tile;
  if (!tile.find(argument, workgroup_x(), kBlockM)) return;
  const unsigned hidden = argument.hidden, intermediate = argument.intermediate;
  const unsigned column = workgroup_y() * kColumns;
  const PairRows x = {argument.x, tile.pairs, hidden, argument.top_k};
  const GateUpRows weight = {argument.weight + std::size_t{tile.expert - argument.first_expert} *
                                                   2 * intermediate * hidden,
                             hidden, intermediate, column};
  Sums sums[kBlockM / kTile][kStrips];
  multiply_rows<kBlockM>(x, weight, hidden, sums);
  const ActivationTile<kBlockM, kColumns> h(
      argument, tile, column,
      Bf16Writer{argument.h, intermediate, argument.format, argument.hidden_scale});
#pragma unroll
  for (unsigned m = 0; m < kBlockM / kTile; ++m) {
    h.add(m * kTile, wave() * kTile, sums[m][0], sums[m][1]);
  }
  h.write();
}

}  // namespace

SWITCHYARD_KERNEL(switchyard_gate_up_m16, GateUpProduct) { gate_up<16>(argument); }
SWITCHYARD_KERNEL(switchyard_gate_up_m32, GateUpProduct) { gate_up<32>(argument); }
SWITCHYARD_KERNEL(switchyard_gate_up_m64, GateUpProduct) { gate_up<64>(argument); }

}  // namespace switchyard::kernels::device::inline SWITCHYARD_MODEL
#endif
