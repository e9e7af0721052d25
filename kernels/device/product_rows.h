#pragma once

#include "kernels/device/tile.h"
#include "kernels/device/vocabulary/fragment.h"

// The end of the second product: y = sums * scale + bias, as floats, to the rows of the tile's pairs.
namespace switchyard::kernels::device::inline SWITCHYARD_MODEL {

class ProductRows {
 public:
  template <typename Argument>
  SWITCHYARD_MEMBER ProductRows(const Argument& argument, const ExpertTile& tile)
      : pairs_(tile.pairs),
        y_(argument.y),
        hidden_(argument.hidden),
        bias_(argument.bias == nullptr
                  ? nullptr
                  : argument.bias + std::size_t{tile.expert} * argument.hidden),
        scale_(argument.hidden_scale) {}

  // Sums of rows first_row .. + 15 of the tile and columns first_column .. + 15 of y.
  SWITCHYARD_MEMBER void write(unsigned first_row, unsigned first_column, const Sums& sums) const {
#pragma unroll
    for (unsigned i = 0; i < kLaneSums; ++i) {
      const std::int32_t pair = pairs_[first_row + sum_row(i)];
      const unsigned n = first_column + sum_column(i);
      if (pair < 0 || n >= hidden_) continue;
      float value = sums.at[i] * scale_;
      if (bias_ != nullptr) value += bias_[n];
      y_[std::size_t{static_cast<unsigned>(pair)} * hidden_ + n] = value;
    }
  }

 private:
  const std::int32_t* pairs_;
  float* y_;
  unsigned hidden_;
  const float* bias_;
  float scale_;
};

}  // namespace switchyard::kernels::device::inline SWITCHYARD_MODEL
