#pragma once

#include <cstdint>

// bf16: the upper half of an IEEE binary32, 1 sign, 8 exponent and 7 fraction bits. Range as
// float; unit roundoff 2^-8. Usable in constant expressions and in device code.
namespace switchyard::kernels {

// Two bytes, little endian, as a checkpoint stores it; arrays of Bf16 may alias mapped bytes that
// are aligned to 2.
struct Bf16 {
  std::uint16_t bits = 0;
};
static_assert(sizeof(Bf16) == 2);

namespace mx {

// Exact.
constexpr float to_float(Bf16 value) {
  return __builtin_bit_cast(float, static_cast<std::uint32_t>(value.bits) << 16);
}

// Rounds half to even; past the largest finite value to infinity, as IEEE does. A NaN stays a NaN
// of the same sign, made quiet.
constexpr Bf16 to_bf16(float value) {
  const std::uint32_t bits = __builtin_bit_cast(std::uint32_t, value);
  if ((bits & 0x7FFFFFFFu) > 0x7F800000u) {
    return {static_cast<std::uint16_t>((bits >> 16) | 0x0040u)};
  }
  return {static_cast<std::uint16_t>((bits + 0x7FFFu + ((bits >> 16) & 1u)) >> 16)};
}

}  // namespace mx
}  // namespace switchyard::kernels
