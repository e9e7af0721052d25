// Activations of the layer's input, quantised and dequantised, a block of 32 a thread. Grid x = blocks /
// threads, rounded up. The formats and their rounding: vocabulary/rounding.h.
#include "kernels/device/arguments.h"
#include "kernels/device/vocabulary/rounding.h"
#include "kernels/device/vocabulary/thread.h"

namespace switchyard::kernels::device::inline SWITCHYARD_MODEL {

SWITCHYARD_KERNEL(switchyard_quantise, Quantise) {
  const unsigned block = global_index();
  if (block >= argument.blocks) return;
  const std::size_t at = std::size_t{block} * 32;
  float values[32];
#pragma unroll
  for (unsigned p = 0; p < 4; ++p) {
    const Piece piece = load_piece(argument.values + at + 8 * p);
#pragma unroll
    for (unsigned i = 0; i < 8; ++i) {
      const std::uint32_t word = piece[i / 2];
      values[8 * p + i] = mx::to_float({static_cast<std::uint16_t>(word >> (16 * (i % 2)))});
    }
  }
  store_activations(values, argument.format, argument.static_scale, argument.out + at);
}

}  // namespace switchyard::kernels::device::inline SWITCHYARD_MODEL
