#pragma once

#include <span>
#include <vector>

#include "kernels/moe/layer.h"
#include "kernels/reference/rounding.h"

namespace switchyard::kernels::reference {

// A row of activations as a product multiplies it: quantised as the scheme says, or rounded to
// bf16 where `round_bf16`. Length a multiple of 32. The bounds follow "rounding" in
// rounding.h.
std::vector<Bounded> quantise(std::span<const Bounded> row, ActivationFormat format,
                              float static_scale, bool round_bf16);

}  // namespace switchyard::kernels::reference
