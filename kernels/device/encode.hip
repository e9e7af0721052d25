// Activations of the layer's input to packed codes and scales, for native products: a block of 32 a
// thread. Grid x = blocks / threads, rounded up. The formats: vocabulary/encode.h.
#include "kernels/device/arguments.h"
#include "kernels/device/vocabulary/encode.h"
#include "kernels/device/vocabulary/thread.h"

#if defined(SWITCHYARD_GFX950)
namespace switchyard::kernels::device::inline SWITCHYARD_MODEL {
namespace {

template <typename Format>
SWITCHYARD_DEVICE void encode(const Encode& argument) {
  const unsigned block = global_index();
  if (block >= argument.blocks) return;
  const Bf16* from = argument.values + std::size_t{block} * 32;
  float values[32];
#pragma unroll
  for (unsigned p = 0; p < 4; ++p) {
    const Piece piece = load_piece(from + 8 * p);
#pragma unroll
    for (unsigned i = 0; i < 8; ++i) {
      const std::uint32_t word = piece[i / 2];
      values[8 * p + i] = mx::to_float({static_cast<std::uint16_t>(word >> (16 * (i % 2)))});
    }
  }
  store_codes<Format>(values, argument.static_scale,
                      argument.elements + std::size_t{block} * (4 * Format::bits),
                      argument.scales + block);
}

}  // namespace

SWITCHYARD_KERNEL(switchyard_encode_mxfp4, Encode) { encode<mx::Fp4E2M1>(argument); }
SWITCHYARD_KERNEL(switchyard_encode_mxfp6_e3m2, Encode) { encode<mx::Fp6E3M2>(argument); }
SWITCHYARD_KERNEL(switchyard_encode_mxfp6_e2m3, Encode) { encode<mx::Fp6E2M3>(argument); }
SWITCHYARD_KERNEL(switchyard_encode_fp8, Encode) { encode<mx::Fp8E4M3>(argument); }

}  // namespace switchyard::kernels::device::inline SWITCHYARD_MODEL
#endif
