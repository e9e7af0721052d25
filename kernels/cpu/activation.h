#pragma once

#include <cmath>

#include "kernels/moe/layer.h"

namespace switchyard::kernels::cpu {

// act(gate, up) of kernels/moe/layer.h in float. exp, sum, quotient and product are off by one
// unit in the last place each (Numerics::activation_ulps). A NaN on either side gives a NaN: the
// comparisons let it through.
inline float activate(Activation activation, float gate, float up) {
  if (activation == Activation::silu) return gate / (1.0f + std::exp(-gate)) * up;
  const float g = gate > kSwigluLimit ? kSwigluLimit : gate;
  const float u = up > kSwigluLimit ? kSwigluLimit : up < -kSwigluLimit ? -kSwigluLimit : up;
  return g / (1.0f + std::exp(-(kSwigluAlpha * g))) * (u + 1.0f);
}

}  // namespace switchyard::kernels::cpu
