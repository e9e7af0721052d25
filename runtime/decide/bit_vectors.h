#pragma once

#include <cstdint>

#include "runtime/decide/decide.h"
#include "runtime/decide/inputs.h"

namespace switchyard {

// Decides a kBits block (the Lucent bit-vector scheme of packet classification): the rows of every
// fact's class are ANDed, and the first box that all of them allow gives the leaf. `unit` must be
// one that this machine has. Needs 6 KiB of stack.
std::uint32_t scan_bits(const BlockView& block, const Inputs& inputs, VectorUnit unit) noexcept;

}  // namespace switchyard
