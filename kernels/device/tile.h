#pragma once

#include "kernels/device/arguments.h"
#include "kernels/device/vocabulary/target.h"

// Which tile a workgroup computes, and the rows of activations that belong to it.
namespace switchyard::kernels::device::inline SWITCHYARD_MODEL {

struct ExpertTile {
  unsigned expert;
  const std::int32_t* pairs;  // [block_m], -1: no row

  // Whether there is a tile for this workgroup of `argument`; the same for all of its threads.
  template <typename Argument>
  SWITCHYARD_MEMBER bool find(const Argument& argument, unsigned index, unsigned block_m) {
    const unsigned tile = argument.tile_begin[argument.first_expert] + index;
    if (tile >= argument.tile_begin[argument.last_expert]) return false;
    expert = static_cast<unsigned>(argument.tile_expert[tile]);
    pairs = argument.tile_pairs + std::size_t{tile} * block_m;
    return true;
  }
};

// Row r of the tile: the row of `values` [rows, depth] of its pair, divided by pairs a row.
struct PairRows {
  const Bf16* values;
  const std::int32_t* pairs;
  unsigned depth, pairs_a_row;

  SWITCHYARD_MEMBER const Bf16* operator()(unsigned r) const {
    const std::int32_t pair = pairs[r];
    if (pair < 0) return nullptr;
    return values + std::size_t{static_cast<unsigned>(pair) / pairs_a_row} * depth;
  }
};

}  // namespace switchyard::kernels::device::inline SWITCHYARD_MODEL
