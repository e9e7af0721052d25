// h = act(gate, up), quantised, of sums that several workgroups share (warpgroup_gate_up.hip). A
// block of 32 of h a thread. Grid x = ceil(P * I / 32 / threads).
#include "kernels/device/arguments.h"
#include "kernels/device/vocabulary/arithmetic.h"
#include "kernels/device/vocabulary/rounding.h"
#include "kernels/device/vocabulary/thread.h"

#if defined(SWITCHYARD_SM_90)
namespace switchyard::kernels::device::inline SWITCHYARD_MODEL {
namespace {

// The sums of all parts, in order, of 32 elements from `first` on.
SWITCHYARD_DEVICE void add_parts(const Activate& argument, std::size_t first, float (&sums)[32]) {
  const std::size_t part = std::size_t{argument.pairs} * 2 * argument.intermediate;
#pragma unroll
  for (unsigned i = 0; i < 32; ++i) sums[i] = 0;
  for (unsigned p = 0; p < argument.parts; ++p) {
#pragma unroll
    for (unsigned i = 0; i < 32; i += 4) {
      const Piece four = load_piece(argument.partial + p * part + first + i);
#pragma unroll
      for (unsigned j = 0; j < 4; ++j) {
        const std::uint32_t bits = four[j];
        sums[i + j] += __builtin_bit_cast(float, bits);
      }
    }
  }
}

}  // namespace

SWITCHYARD_KERNEL(switchyard_activate, Activate) {
  const unsigned blocks = argument.intermediate / 32;  // of a pair
  const unsigned block = global_index();
  if (block >= argument.pairs * blocks) return;
  const std::size_t pair = block / blocks, n = block % blocks * 32;
  const std::size_t first = pair * 2 * argument.intermediate + n;
  float gates[32], ups[32];
  add_parts(argument, first, gates);
  add_parts(argument, first + argument.intermediate, ups);
#pragma unroll
  for (unsigned i = 0; i < 32; ++i) gates[i] = activate(argument.activation, gates[i], ups[i]);
  store_activations(gates, argument.format, argument.hidden_scale,
                    argument.h + pair * argument.intermediate + n);
}

}  // namespace switchyard::kernels::device::inline SWITCHYARD_MODEL
#endif
