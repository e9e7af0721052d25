#pragma once

#include <cstdint>

// What stands between the two products. Device code compiles this too.
namespace switchyard::kernels {

enum class Activation : std::uint8_t {
  silu,       // silu(gate) * up, silu(g) = g * sigmoid(g)
  swigluoai,  // g = min(gate, 7), u = clamp(up, -7, 7): g * sigmoid(1.702 g) * (u + 1)  (gpt-oss)
};
inline constexpr float kSwigluAlpha = 1.702f;
inline constexpr float kSwigluLimit = 7.0f;

}  // namespace switchyard::kernels
