#pragma once

#include <cstdint>

// The element formats of the OCP Microscaling Formats (MX) Specification v1.0, section 5.3: small
// floats with sign, exponent and fraction, from the high bit down, subnormals included.
//
//   value = (-1)^s * 2^(e - bias) * (1 + m / 2^M)      e > 0
//           (-1)^s * 2^(1 - bias) * (m / 2^M)          e = 0
//
// Everything is constexpr, free of std:: and of exceptions, so that device code compiles it too.
namespace switchyard::kernels::mx {

// `emax`: the exponent of the largest normal value, which the block scale rule uses.
// `max_code`: the code of the largest finite positive value. Codes above it (sign bit off) are
// the format's infinities and NaNs.
struct Fp4E2M1 {
  static constexpr int bits = 4, exponent_bits = 2, fraction_bits = 1, bias = 1, emax = 2;
  static constexpr std::uint8_t max_code = 0x7;  // 6
  static constexpr bool has_infinity = false, has_nan = false;
};
struct Fp6E2M3 {
  static constexpr int bits = 6, exponent_bits = 2, fraction_bits = 3, bias = 1, emax = 2;
  static constexpr std::uint8_t max_code = 0x1F;  // 7.5
  static constexpr bool has_infinity = false, has_nan = false;
};
struct Fp6E3M2 {
  static constexpr int bits = 6, exponent_bits = 3, fraction_bits = 2, bias = 3, emax = 4;
  static constexpr std::uint8_t max_code = 0x1F;  // 28
  static constexpr bool has_infinity = false, has_nan = false;
};
struct Fp8E4M3 {  // OCP FP8: no infinity, NaN is S.1111.111
  static constexpr int bits = 8, exponent_bits = 4, fraction_bits = 3, bias = 7, emax = 8;
  static constexpr std::uint8_t max_code = 0x7E;  // 448
  static constexpr bool has_infinity = false, has_nan = true;
};
struct Fp8E5M2 {  // infinity is S.11111.00, NaN S.11111.{01,10,11}
  static constexpr int bits = 8, exponent_bits = 5, fraction_bits = 2, bias = 15, emax = 15;
  static constexpr std::uint8_t max_code = 0x7B;  // 57344
  static constexpr bool has_infinity = true, has_nan = true;
};

// 2^exponent for exponent in -126 .. 127.
constexpr float power_of_two(int exponent) {
  return __builtin_bit_cast(float, static_cast<std::uint32_t>(exponent + 127) << 23);
}

// The value of the low `bits` bits of `code`; exact, every value of every format is a float.
template <typename Format>
constexpr float decode(std::uint8_t code) {
  constexpr std::uint32_t fraction_mask = (1u << Format::fraction_bits) - 1u;
  constexpr std::uint32_t sign_bit = 1u << (Format::bits - 1);
  const std::uint32_t magnitude = code & (sign_bit - 1u);
  const std::uint32_t sign = (code & sign_bit) != 0 ? 0x80000000u : 0u;
  const std::uint32_t exponent = magnitude >> Format::fraction_bits;
  const std::uint32_t fraction = magnitude & fraction_mask;
  std::uint32_t bits = 0;
  if (magnitude > Format::max_code) {
    bits = Format::has_infinity && fraction == 0 ? 0x7F800000u : 0x7FC00000u;
  } else if (exponent == 0) {
    const float value =
        static_cast<float>(fraction) * power_of_two(1 - Format::bias - Format::fraction_bits);
    bits = __builtin_bit_cast(std::uint32_t, value);
  } else {
    bits = ((exponent + static_cast<std::uint32_t>(127 - Format::bias)) << 23) |
           (fraction << (23 - Format::fraction_bits));
  }
  return __builtin_bit_cast(float, bits | sign);
}

// The code nearest to `value`, ties to the even code, magnitudes past the largest finite value
// (infinity included) saturated to it. A NaN becomes the format's NaN; in a format that has none
// it saturates too, which block quantisation never asks for (it marks the scale instead).
// The sign survives, that of zero and NaN included.
template <typename Format>
constexpr std::uint8_t encode(float value) {
  constexpr int lowest_normal = 1 - Format::bias;
  const std::uint32_t bits = __builtin_bit_cast(std::uint32_t, value);
  const std::uint32_t magnitude = bits & 0x7FFFFFFFu;
  const std::uint32_t sign = (bits >> 31) << (Format::bits - 1);
  if (magnitude > 0x7F800000u) {
    const std::uint32_t nan = Format::has_nan ? (1u << (Format::bits - 1)) - 1u : Format::max_code;
    return static_cast<std::uint8_t>(sign | nan);
  }
  // A float subnormal is far below half of any format's smallest value.
  if (magnitude < 0x00800000u) return static_cast<std::uint8_t>(sign);
  const int exponent = static_cast<int>(magnitude >> 23) - 127;
  const std::uint32_t significand = (magnitude & 0x007FFFFFu) | 0x00800000u;
  const int below = exponent < lowest_normal ? lowest_normal - exponent : 0;
  const int shift = 23 - Format::fraction_bits + below;
  if (shift > 24) return static_cast<std::uint8_t>(sign);  // under half of the smallest value
  std::uint32_t code = significand >> shift;
  const std::uint32_t rest = significand & ((1u << shift) - 1u);
  const std::uint32_t half = 1u << (shift - 1);
  if (rest > half || (rest == half && (code & 1u) != 0)) ++code;
  // The leading one of a normal significand adds 1 to the exponent field, and so does a carry.
  if (below == 0) {
    const int field = exponent + Format::bias - 1;
    if (field >= (1 << Format::exponent_bits))
      return static_cast<std::uint8_t>(sign | Format::max_code);
    code += static_cast<std::uint32_t>(field) << Format::fraction_bits;
  }
  if (code > Format::max_code) code = Format::max_code;
  return static_cast<std::uint8_t>(sign | code);
}

// decode(encode(value)) for a value that is not a NaN, in a few operations that compilers take for
// many values at once: adding and taking away a power of two whose last bit is that of the format
// at this exponent rounds to it, ties to even.
template <typename Format>
constexpr float round_to(float value) {
  const std::uint32_t bits = __builtin_bit_cast(std::uint32_t, value);
  const std::uint32_t magnitude = bits & 0x7FFFFFFFu;
  constexpr std::uint32_t lowest = static_cast<std::uint32_t>(127 + 1 - Format::bias) << 23;
  constexpr float largest = decode<Format>(Format::max_code);
  // Saturated first: then the sum below is finite.
  const float size = __builtin_bit_cast(float, magnitude);
  const float reached = size < largest ? size : largest;
  const std::uint32_t exponent = __builtin_bit_cast(std::uint32_t, reached) & 0x7F800000u;
  const std::uint32_t at_least = exponent < lowest ? lowest : exponent;
  const float step = __builtin_bit_cast(
      float, at_least + (static_cast<std::uint32_t>(23 - Format::fraction_bits) << 23));
  const float rounded = (reached + step) - step;
  return __builtin_bit_cast(
      float, __builtin_bit_cast(std::uint32_t, rounded) | (bits & 0x80000000u));
}

}  // namespace switchyard::kernels::mx
