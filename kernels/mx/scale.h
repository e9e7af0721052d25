#pragma once

#include <cstdint>

// e8m0, the scale of an MX block (MX specification v1.0, section 5.4.1): value 2^(code - 127),
// codes 0 .. 254; 0xFF is NaN. No sign, no zero, no infinity. Device code compiles this too.
namespace switchyard::kernels::mx {

inline constexpr std::uint8_t kScaleNan = 0xFF;
inline constexpr int kScaleBias = 127;

// Exact; code 0 is the float subnormal 2^-127.
constexpr float decode_scale(std::uint8_t code) {
  if (code == kScaleNan) return __builtin_bit_cast(float, 0x7FC00000u);
  if (code == 0) return __builtin_bit_cast(float, 0x00400000u);
  return __builtin_bit_cast(float, static_cast<std::uint32_t>(code) << 23);
}

// The code of 2^exponent, the exponent clamped to the format's range -127 .. 127.
constexpr std::uint8_t encode_scale(int exponent) {
  const int clamped = exponent < -127 ? -127 : exponent > 127 ? 127 : exponent;
  return static_cast<std::uint8_t>(clamped + kScaleBias);
}

}  // namespace switchyard::kernels::mx
