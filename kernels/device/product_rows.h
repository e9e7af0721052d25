#pragma once

#include "kernels/device/tile.h"
#include "kernels/device/vocabulary/fragment.h"

// The end of the second product, and of a first one that is shared: y [P, columns] = sums * scale + bias, as
// floats, to the rows of the tile's pairs.
namespace switchyard::kernels::device::inline SWITCHYARD_MODEL {

class ProductRows {
 public:
  // bias: [E, columns], or null.
  SWITCHYARD_MEMBER ProductRows(const ExpertTile& tile, float* y, unsigned columns, const float* bias,
                                float scale)
      : pairs_(tile.pairs),
        y_(y),
        columns_(columns),
        bias_(bias == nullptr ? nullptr : bias + std::size_t{tile.expert} * columns),
        scale_(scale) {}

  template <typename Argument>
  SWITCHYARD_MEMBER ProductRows(const Argument& argument, const ExpertTile& tile)
      : ProductRows(tile, argument.y, argument.hidden, argument.bias, argument.hidden_scale) {}

  // Of one of the workgroups that share a reduction: each writes a [pairs, columns] of its own, the first
  // adds the bias.
  SWITCHYARD_MEMBER ProductRows part(unsigned index, unsigned pairs) const {
    ProductRows result = *this;
    result.y_ += std::size_t{index} * pairs * columns_;
    if (index != 0) result.bias_ = nullptr;
    return result;
  }

#if !defined(SWITCHYARD_SM_90)
  // Sums of rows first_row .. + 15 of the tile and columns first_column .. + 15 of y.
  SWITCHYARD_MEMBER void write(unsigned first_row, unsigned first_column, const Sums& sums) const {
#pragma unroll
    for (unsigned i = 0; i < kLaneSums; ++i) {
      put(first_row + sum_row(i), first_column + sum_column(i), sums.at[i]);
    }
  }
#endif

  // The sum of row `row` of the tile and column n of y.
  SWITCHYARD_MEMBER void put(unsigned row, unsigned n, float sum) const {
    const std::int32_t pair = pairs_[row];
    if (pair < 0 || n >= columns_) return;
    float value = sum * scale_;
    if (bias_ != nullptr) value += bias_[n];
    y_[std::size_t{static_cast<unsigned>(pair)} * columns_ + n] = value;
  }

 private:
  const std::int32_t* pairs_;
  float* y_;
  unsigned columns_;
  const float* bias_;
  float scale_;
};

}  // namespace switchyard::kernels::device::inline SWITCHYARD_MODEL
