// MX blocks to bf16, the first step of the emulated variant.
//
//   out[32 b + i] = element(b, i) * 2^(scales[b] - 127)
//
// elements: blocks of 32 packed codes, fp4 16 bytes, fp6 24 bytes (kernels/mx/pack.h); scales: one e8m0
// a block, 0xFF gives NaN; out: bf16. Exact: every fp4 and fp6 value under every scale is a bf16, past
// the range infinity. One thread a block, any number of threads a workgroup; threads past `blocks` do
// nothing. No alignment beyond that of each element type.
#include "kernels/device/grid.h"
#include "kernels/mx/bf16.h"
#include "kernels/mx/block.h"

namespace switchyard::kernels {
namespace {

template <typename Format>
SWITCHYARD_DEVICE void dequantise_block(const std::uint8_t* elements, const std::uint8_t* scales,
                                        Bf16* out, unsigned blocks) {
  const unsigned block = device::global_index();
  if (block >= blocks) return;
  // Straight from the packed bytes: an array of codes would go to local memory on nvptx.
  const std::uint8_t* packed = elements + block * mx::packed_bytes(mx::kBlock, Format::bits);
  for (std::size_t i = 0; i < mx::kBlock; ++i) {
    const std::uint8_t code = mx::load_code<Format>(packed, i);
    out[block * mx::kBlock + i] = mx::to_bf16(mx::dequantise<Format>(code, scales[block]));
  }
}

}  // namespace

SWITCHYARD_KERNEL void switchyard_dequantise_mxfp4(const std::uint8_t* elements,
                                                   const std::uint8_t* scales, Bf16* out,
                                                   unsigned blocks) {
  dequantise_block<mx::Fp4E2M1>(elements, scales, out, blocks);
}

SWITCHYARD_KERNEL void switchyard_dequantise_mxfp6_e3m2(const std::uint8_t* elements,
                                                        const std::uint8_t* scales, Bf16* out,
                                                        unsigned blocks) {
  dequantise_block<mx::Fp6E3M2>(elements, scales, out, blocks);
}

SWITCHYARD_KERNEL void switchyard_dequantise_mxfp6_e2m3(const std::uint8_t* elements,
                                                        const std::uint8_t* scales, Bf16* out,
                                                        unsigned blocks) {
  dequantise_block<mx::Fp6E2M3>(elements, scales, out, blocks);
}

}  // namespace switchyard::kernels
