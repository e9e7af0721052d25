#pragma once

#include "kernels/device/fragment_layout.h"
#include "kernels/device/vocabulary/fragment.h"

// Which strips of 16 rows of a weight matrix a wave multiplies by, for a Product with column_wave() and
// kStrips. Past the last column it is the last strip again: nothing is written for it.
namespace switchyard::kernels::device::inline SWITCHYARD_MODEL {

// Of [2 I, H], gate and up by turns, so that a lane has both of the same elements.
template <typename Product>
struct GateUpStrips {
  unsigned intermediate, column;

  SWITCHYARD_MEMBER unsigned operator()(unsigned s) const {
    const unsigned n = column + (Product::column_wave() * (Product::kStrips / 2) + s / 2) * kTile;
    const unsigned there = n < intermediate ? n : intermediate - kTile;
    return (s % 2 * intermediate + there) / kStripRows;
  }
};

// Of [H, I].
template <typename Product>
struct DownStrips {
  unsigned hidden, column;

  SWITCHYARD_MEMBER unsigned operator()(unsigned s) const {
    const unsigned n = column + (Product::column_wave() * Product::kStrips + s) * kTile;
    return (n < hidden ? n : hidden - kTile) / kStripRows;
  }
};

}  // namespace switchyard::kernels::device::inline SWITCHYARD_MODEL
