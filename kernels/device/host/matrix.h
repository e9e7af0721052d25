#pragma once

#include <span>
#include <string_view>

#include "kernels/device/host/wave.h"

namespace switchyard::kernels::device::host {

std::string_view name_of(Matrix instruction);

// One matrix instruction of a wave: operands[l] are lane l's registers, 64 lanes (32 of sm_90). All
// operands are read before a sum is written. Products of bf16 are exact in float; they are added
// one after the other in ascending k, each sum rounded to float. `lds`: what wgmma reads b from.
void multiply(Matrix instruction, std::span<const MatrixOperands> operands,
              std::span<const std::byte> lds);

}  // namespace switchyard::kernels::device::host
