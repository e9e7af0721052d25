#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/mx/element.h"
#include "kernels/mx/pack.h"
#include "kernels/mx/scale.h"

// Quantisation to MX blocks: 32 elements along the reduction axis share one e8m0 scale
// (MX specification v1.0, section 6.3).
//
//   shared = floor(log2(max |x_i|)) - emax(element format), clamped to -127 .. 127
//   code_i = encode(x_i / 2^shared)       round half to even, saturating
//
// The division is exact (a power of two) wherever the quotient does not round to zero. What the
// specification leaves open: a block of zeros has the scale 2^-127 (code 0) and keeps its signs; a
// block that holds a NaN or an infinity has the scale 0xFF and all codes 0, so every element of it
// decodes to NaN. Device code compiles this too.
namespace switchyard::kernels::mx {

inline constexpr std::size_t kBlock = 32;

// The shared scale of 32 values, as an e8m0 code.
template <typename Format>
constexpr std::uint8_t block_scale(const float* values) {
  std::uint32_t largest = 0;
  for (std::size_t i = 0; i < kBlock; ++i) {
    const std::uint32_t magnitude = __builtin_bit_cast(std::uint32_t, values[i]) & 0x7FFFFFFFu;
    if (magnitude > largest) largest = magnitude;
  }
  if (largest >= 0x7F800000u) return kScaleNan;
  // Subnormal floats have the exponent field 0; their scale is clamped to 2^-127 anyway.
  return encode_scale(static_cast<int>(largest >> 23) - 127 - Format::emax);
}

// Quantises 32 values: one code a byte into `codes`, returns the scale.
template <typename Format>
constexpr std::uint8_t quantise_block(const float* values, std::uint8_t* codes) {
  const std::uint8_t scale = block_scale<Format>(values);
  if (scale == kScaleNan) {
    for (std::size_t i = 0; i < kBlock; ++i) codes[i] = 0;
    return scale;
  }
  // At most 127 - emax < 126, so the reciprocal is a normal float.
  const float reciprocal = power_of_two(kScaleBias - static_cast<int>(scale));
  for (std::size_t i = 0; i < kBlock; ++i) codes[i] = encode<Format>(values[i] * reciprocal);
  return scale;
}

// Quantises a row of `count` values, a multiple of 32, to packed elements and one scale a block.
template <typename Format>
constexpr void quantise_row(const float* values, std::size_t count, std::uint8_t* elements,
                            std::uint8_t* scales) {
  for (std::size_t b = 0; b < count / kBlock; ++b) {
    std::uint8_t codes[kBlock] = {};
    scales[b] = quantise_block<Format>(values + b * kBlock, codes);
    pack_block<Format>(codes, elements + b * packed_bytes(kBlock, Format::bits));
  }
}

// element * scale as a float. Exact for fp4 and fp6 with any scale, unless the magnitude reaches
// 2^128: then infinity, which the specification leaves to the implementation. The result of fp4
// and fp6 is a bf16 without further rounding. The scale 0xFF gives NaN.
template <typename Format>
constexpr float dequantise(std::uint8_t code, std::uint8_t scale) {
  return decode<Format>(code) * decode_scale(scale);
}

// The code of a value under one static scale for a whole tensor: encode(value / scale), the
// quotient rounded to float first. scale > 0.
template <typename Format>
constexpr std::uint8_t quantise_static(float value, float scale) {
  return encode<Format>(value / scale);
}

}  // namespace switchyard::kernels::mx
