#pragma once

#include "kernels/device/vocabulary/memory.h"
#include "kernels/device/vocabulary/rounding.h"

// A block of 32 activations as the scaled matrix instruction multiplies it: packed codes, and the e8m0
// scale of an MX format. fp8 has one static scale, which multiplies the product's sum.
namespace switchyard::kernels::device::inline SWITCHYARD_MODEL {

// mx::encode without a branch: rounded on the format's grid, then a float whose exponent field is the
// code's. A NaN is fp8's; the other formats are not asked for one.
template <typename Format>
SWITCHYARD_DEVICE std::uint32_t code_of(float value) {
  constexpr std::uint32_t kMagnitude = (1u << (Format::bits - 1)) - 1;
  const float rounded = round_to_grid(value, grid_of<Format>());
  const std::uint32_t bits =
      __builtin_bit_cast(std::uint32_t, rounded * mx::power_of_two(Format::bias - 127));
  const std::uint32_t finite = bits >> (23 - Format::fraction_bits) & kMagnitude;
  const std::uint32_t magnitude = rounded != rounded ? kMagnitude : finite;
  return magnitude | bits >> 31 << (Format::bits - 1);
}

// `elements`: 4 * bits bytes, aligned to 8; `scale` unused for fp8.
template <typename Format>
SWITCHYARD_DEVICE void store_codes(float (&values)[32], float static_scale, std::uint8_t* elements,
                                   std::uint8_t* scale) {
  if constexpr (Format::bits == 8) {
#pragma unroll
    for (unsigned i = 0; i < 32; ++i) values[i] = values[i] / static_scale;
  } else {
    std::uint32_t largest = 0;
#pragma unroll
    for (unsigned i = 0; i < 32; ++i) {
      const std::uint32_t magnitude = __builtin_bit_cast(std::uint32_t, values[i]) & 0x7FFFFFFFu;
      largest = magnitude > largest ? magnitude : largest;
    }
    const bool finite = largest < 0x7F800000u;
    const std::uint8_t code =
        finite ? mx::encode_scale(static_cast<int>(largest >> 23) - 127 - Format::emax)
               : mx::kScaleNan;
    const float reciprocal = finite ? power_of_two(mx::kScaleBias - static_cast<int>(code)) : 0.0f;
#pragma unroll
    for (unsigned i = 0; i < 32; ++i) {
      values[i] = finite ? values[i] * reciprocal : 0.0f;
    }
    *scale = code;
  }
  std::uint32_t words[Format::bits];
#pragma unroll
  for (unsigned w = 0; w < Format::bits; ++w) words[w] = 0;
#pragma unroll
  for (unsigned i = 0; i < 32; ++i) {
    const std::uint32_t code = code_of<Format>(values[i]);
    const unsigned bit = i * Format::bits;
    words[bit / 32] |= code << (bit % 32);
    if (bit % 32 + Format::bits > 32) words[bit / 32 + 1] |= code >> (32 - bit % 32);
  }
#pragma unroll
  for (unsigned w = 0; w < Format::bits; w += 2) {
    reinterpret_cast<Words2*>(elements)[w / 2] = Words2{words[w], words[w + 1]};
  }
}

}  // namespace switchyard::kernels::device::inline SWITCHYARD_MODEL
