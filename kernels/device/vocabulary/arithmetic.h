#pragma once

#include <cstdint>

#include "kernels/device/vocabulary/target.h"
#include "kernels/moe/activation.h"

// Functions that a C library would give, from additions, products and fused multiply-adds alone: the
// same bits on every machine.
namespace switchyard::kernels::device::inline SWITCHYARD_MODEL {

// Of the low eight bits of exponent + 127 only.
SWITCHYARD_DEVICE float power_of_two(int exponent) {
  return __builtin_bit_cast(float, (static_cast<std::uint32_t>(exponent + 127) & 0xFFu) << 23);
}

// Within 2 units in the last place; 0 below -104, infinity above 88.73, NaN for NaN.
SWITCHYARD_DEVICE float exponential(float x) {
  const float clamped = x > 89.0f ? 89.0f : x < -105.0f ? -105.0f : x;
  // x = n ln 2 + r, n an integer from the low bits of a float whose unit is 1.
  constexpr float kRound = 12582912.0f;  // 1.5 * 2^23
  constexpr std::uint32_t kRoundBits = 0x4B400000u;
  const float shifted = __builtin_fmaf(clamped, 1.44269504f, kRound);
  const float n = shifted - kRound;
  float r = __builtin_fmaf(n, -0.693145752f, clamped);  // ln 2, its first 16 bits
  r = __builtin_fmaf(n, -1.42860677e-6f, r);            // and the rest
  float p = 1.98412698e-4f;                             // 1 / 7!
  p = __builtin_fmaf(p, r, 1.38888889e-3f);
  p = __builtin_fmaf(p, r, 8.33333333e-3f);
  p = __builtin_fmaf(p, r, 4.16666667e-2f);
  p = __builtin_fmaf(p, r, 1.66666667e-1f);
  p = __builtin_fmaf(p, r, 0.5f);
  p = __builtin_fmaf(p, r, 1.0f);
  p = __builtin_fmaf(p, r, 1.0f);
  // 2^n as a product of two normal floats, n in -152 .. 129; for a NaN whatever, p is one.
  const int whole = static_cast<int>(__builtin_bit_cast(std::uint32_t, shifted) - kRoundBits);
  return p * power_of_two(whole / 2) * power_of_two(whole - whole / 2);
}

// act(gate, up) of kernels/moe/layer.h, as kernels/cpu/activation.h has it.
SWITCHYARD_DEVICE float activate(Activation activation, float gate, float up) {
  if (activation == Activation::silu) return gate / (1.0f + exponential(-gate)) * up;
  const float g = gate > kSwigluLimit ? kSwigluLimit : gate;
  const float u = up > kSwigluLimit ? kSwigluLimit : up < -kSwigluLimit ? -kSwigluLimit : up;
  return g / (1.0f + exponential(-(kSwigluAlpha * g))) * (u + 1.0f);
}

}  // namespace switchyard::kernels::device::inline SWITCHYARD_MODEL
