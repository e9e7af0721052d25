#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/mx/bf16.h"

// One row of activations as the inner products read it. Which members are there depends on the
// instruction set and the variant (operand.h).
namespace switchyard::kernels::cpu {

struct Row {
  // The values in float and in bf16, both exact; columns in order. With `scales`, unscaled
  // elements.
  const float* floats = nullptr;
  const std::uint16_t* bf16 = nullptr;
  // fp4 elements times 2, columns of each group of 8 in the order 0, 4, 1, 5, 2, 6, 3, 7; and for
  // each block -12 times their sum (panel weights are multiplied as w + 12, without sign).
  const std::int8_t* bytes = nullptr;
  const std::int32_t* offsets = nullptr;
  const float* scales = nullptr;  // [blocks]; absent where values are not quantised by blocks
  bool ordinary = true;           // no value that could be flushed or overflow (operand.cpp)
};

inline float value_of(const Row& row, std::size_t column) {
  return row.floats != nullptr ? row.floats[column] : mx::to_float(Bf16{row.bf16[column]});
}

}  // namespace switchyard::kernels::cpu
