#pragma once

#include <cstdint>

#include "runtime/decide/decide.h"
#include "runtime/table/view.h"

namespace switchyard {

// Runs the blocks 0 .. `block` in order on facts inside their domains; the first that does not
// choose a target ends it. Leaves in `codes` (one for each decision fact) what the blocks that ran chose,
// 0 for the others.
Decision evaluate_in_order(const TableView& table, std::uint32_t block, const unsigned char* facts,
                           VectorUnit unit, std::uint32_t* codes) noexcept;

}  // namespace switchyard
