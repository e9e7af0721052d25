#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "kernels/cpu/row.h"

// Rows of activations in the order in which tile instructions load them.
namespace switchyard::kernels::cpu {

// `rows`, each of `blocks` blocks of 32 columns in bf16, as [rows / kRowTile, rounded up][blocks]
// [kRowTile][32]; what is behind the last row of the last tile is not set. Replaces `packed`.
void pack_rows(std::span<const Row> rows, std::size_t blocks, std::vector<std::uint16_t>& packed);

}  // namespace switchyard::kernels::cpu
