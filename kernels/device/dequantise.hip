// MX blocks to bf16, the first step of the emulated variant.
//
//   out[e - first_expert][32 b + i] = element(e, b, i) * 2^(scales[e][b] - 127)
//
// elements: blocks of 32 packed codes, fp4 16 bytes, fp6 24 bytes (kernels/mx/pack.h); scales: one e8m0
// a block, 0xFF gives NaN. Exact: every fp4 and fp6 value under every scale is a bf16, past the range
// infinity. Grid y counts experts; those without a pair are left alone. One thread a block of 32: packed
// words in, eight pieces of eight bf16 out.
#include "kernels/device/arguments.h"
#include "kernels/device/vocabulary/decode.h"
#include "kernels/device/vocabulary/memory.h"
#include "kernels/device/vocabulary/thread.h"
#include "kernels/mx/block.h"

namespace switchyard::kernels::device::inline SWITCHYARD_MODEL {
namespace {

template <typename Format>
SWITCHYARD_DEVICE void dequantise_blocks(const Dequantise& argument) {
  const unsigned expert = argument.first_expert + workgroup_y();
  if (argument.counts != nullptr && argument.counts[expert] == 0) return;
  const unsigned block = global_index();
  if (block >= argument.blocks) return;
  const std::size_t at = std::size_t{expert} * argument.blocks + block;
  constexpr unsigned kWords = Format::bits;  // of 32 codes
  const auto* words = reinterpret_cast<const Words2*>(argument.elements) + at * (kWords / 2);
  // Codes come from constant positions of registers: an array that is indexed would be memory.
  std::uint32_t packed[kWords + 1];
#pragma unroll
  for (unsigned i = 0; i < kWords / 2; ++i) {
    const Words2 two = words[i];
    packed[2 * i] = two[0];
    packed[2 * i + 1] = two[1];
  }
  packed[kWords] = 0;
  const float factor = scale_factor(argument.scales[at]);
  Bf16* out = argument.out + (std::size_t{workgroup_y()} * argument.blocks + block) * mx::kBlock;
#pragma unroll
  for (unsigned p = 0; p < mx::kBlock / kPieceValues; ++p) {
    Piece piece;
#pragma unroll
    for (unsigned i = 0; i < kPieceValues; i += 2) {
      std::uint32_t pair = 0;
#pragma unroll
      for (unsigned j = 0; j < 2; ++j) {
        const unsigned bit = (p * kPieceValues + i + j) * Format::bits;
        const std::uint64_t two =
            packed[bit / 32] | (std::uint64_t{packed[bit / 32 + 1]} << 32);
        const auto code = static_cast<std::uint32_t>(two >> (bit % 32)) & ((1u << Format::bits) - 1);
        // A bf16 already: its lower half is zero.
        const float value = decode_element<Format>(code) * factor;
        pair |= __builtin_bit_cast(std::uint32_t, value) >> 16 << (16 * j);
      }
      piece[i / 2] = pair;
    }
    store_piece(out + p * kPieceValues, piece);
  }
}

}  // namespace

SWITCHYARD_KERNEL(switchyard_dequantise_mxfp4, Dequantise) {
  dequantise_blocks<mx::Fp4E2M1>(argument);
}
SWITCHYARD_KERNEL(switchyard_dequantise_mxfp6_e3m2, Dequantise) {
  dequantise_blocks<mx::Fp6E3M2>(argument);
}
SWITCHYARD_KERNEL(switchyard_dequantise_mxfp6_e2m3, Dequantise) {
  dequantise_blocks<mx::Fp6E2M3>(argument);
}

}  // namespace switchyard::kernels::device::inline SWITCHYARD_MODEL
