#pragma once

#include <cstdint>

#include "kernels/device/vocabulary/arithmetic.h"
#include "kernels/device/vocabulary/memory.h"
#include "kernels/moe/scheme.h"
#include "kernels/mx/bf16.h"
#include "kernels/mx/element.h"
#include "kernels/mx/scale.h"

// A block of 32 activations as a product multiplies it, in bf16:
//
//   bf16   rounded to bf16
//   mx…    quantised to an MX block and back, exact in bf16 (kernels/mx/block.h)
//   fp8    e4m3(value / static_scale), exact in bf16; the product's sum is multiplied by the scale
//
// Elements are rounded as floats on the format's grid, one text for all formats: the spacing at q is
// 2^(max(floor(log2 |q|), lowest) - fraction bits); q over it, at most 2^(fraction bits + 1), is rounded
// half to even by adding and taking away 1.5 * 2^23.
namespace switchyard::kernels::device::inline SWITCHYARD_MODEL {

struct ElementGrid {
  int lowest;         // exponent of the least normal value
  int fraction_bits;
  int largest_exponent;
  float largest;
};

template <typename Format>
SWITCHYARD_DEVICE ElementGrid grid_of() {
  return {1 - Format::bias, Format::fraction_bits, Format::emax,
          mx::decode<Format>(Format::max_code)};
}

SWITCHYARD_DEVICE ElementGrid grid_of(ActivationFormat format) {
  if (format == ActivationFormat::mxfp4) return grid_of<mx::Fp4E2M1>();
  if (format == ActivationFormat::mxfp6_e3m2) return grid_of<mx::Fp6E3M2>();
  if (format == ActivationFormat::mxfp6_e2m3) return grid_of<mx::Fp6E2M3>();
  return grid_of<mx::Fp8E4M3>();
}

// The nearest value of the grid, ties to even, past the largest the largest; NaN for NaN.
SWITCHYARD_DEVICE float round_to_grid(float value, const ElementGrid& grid) {
  constexpr float kRound = 12582912.0f;
  const auto field =
      static_cast<int>((__builtin_bit_cast(std::uint32_t, value) >> 23) & 0xFFu) - 127;
  const int spacing = (field < grid.lowest ? grid.lowest : field) - grid.fraction_bits;
  const float scaled = value * power_of_two(-spacing);
  const float rounded = ((scaled + kRound) - kRound) * power_of_two(spacing);
  return rounded > grid.largest ? grid.largest : rounded < -grid.largest ? -grid.largest : rounded;
}

// The bits of mx::to_bf16, without a branch.
SWITCHYARD_DEVICE std::uint32_t bf16_bits(float value) {
  const std::uint32_t bits = __builtin_bit_cast(std::uint32_t, value);
  const std::uint32_t rounded = bits + 0x7FFFu + ((bits >> 16) & 1u);
  const std::uint32_t quiet = bits | 0x00400000u;
  return ((bits & 0x7FFFFFFFu) > 0x7F800000u ? quiet : rounded) >> 16;
}

SWITCHYARD_DEVICE std::uint32_t pack_bf16(float low, float high) {
  return bf16_bits(low) | bf16_bits(high) << 16;
}

// Writes 32 values, 64 bytes; `values` is used up.
SWITCHYARD_DEVICE void store_activations(float (&values)[32], ActivationFormat format,
                                         float static_scale, Bf16* out) {
  if (format == ActivationFormat::fp8) {
    const ElementGrid grid = grid_of<mx::Fp8E4M3>();
#pragma unroll
    for (unsigned i = 0; i < 32; ++i) values[i] = round_to_grid(values[i] / static_scale, grid);
  } else if (format != ActivationFormat::bf16) {
    const ElementGrid grid = grid_of(format);
    std::uint32_t largest = 0;
#pragma unroll
    for (unsigned i = 0; i < 32; ++i) {
      const std::uint32_t magnitude = __builtin_bit_cast(std::uint32_t, values[i]) & 0x7FFFFFFFu;
      largest = magnitude > largest ? magnitude : largest;
    }
    const std::uint8_t scale =
        largest >= 0x7F800000u
            ? mx::kScaleNan
            : mx::encode_scale(static_cast<int>(largest >> 23) - 127 - grid.largest_exponent);
    const float factor = mx::decode_scale(scale);
    const float reciprocal = power_of_two(mx::kScaleBias - static_cast<int>(scale));
#pragma unroll
    for (unsigned i = 0; i < 32; ++i) {
      values[i] = round_to_grid(values[i] * reciprocal, grid) * factor;
    }
  }
#pragma unroll
  for (unsigned p = 0; p < 4; ++p) {
    Piece piece;
#pragma unroll
    for (unsigned i = 0; i < 4; ++i) {
      piece[i] = pack_bf16(values[8 * p + 2 * i], values[8 * p + 2 * i + 1]);
    }
    store_piece(out + 8 * p, piece);
  }
}

}  // namespace switchyard::kernels::device::inline SWITCHYARD_MODEL
