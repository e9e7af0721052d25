#pragma once

#include "kernels/device/staged_rows.h"

// The product of a workgroup, both operands bf16 in memory:
//
//   sums = a [kBlockM, depth] b [128, depth]^T
//
// 64 of k at a time go through LDS, loaded a step ahead into registers. A wave has all rows of a and 32
// rows of b: rows 32 w .. 32 w + 31 of b in two strips of 16.
namespace switchyard::kernels::device::inline SWITCHYARD_MODEL {

inline constexpr unsigned kProductColumns = 128;  // rows of b
inline constexpr unsigned kStrips = 2;            // of 16, a wave
static_assert(kProductColumns == kWorkgroupWaves * kStrips * kTile);
inline constexpr unsigned kStepDepth = 64;
inline constexpr unsigned kSlabs = kStepDepth / kTileDepth;

// LDS from byte 0, kBlockM * 128 + 16384 bytes; free again when this returns.
template <unsigned kBlockM, typename RowOfA, typename RowOfB>
SWITCHYARD_DEVICE void multiply_rows(const RowOfA& row_of_a, const RowOfB& row_of_b, unsigned depth,
                                     Sums (&sums)[kBlockM / kTile][kStrips]) {
  StagedRows<kBlockM, kStepDepth> a(0, row_of_a);
  StagedRows<kProductColumns, kStepDepth> b(a.lds_end(), row_of_b);
#pragma unroll
  for (unsigned m = 0; m < kBlockM / kTile; ++m) {
#pragma unroll
    for (unsigned s = 0; s < kStrips; ++s) sums[m][s] = zero_sums();
  }
  a.fetch(0, depth);
  b.fetch(0, depth);
  for (unsigned k = 0; k < depth; k += kStepDepth) {
    a.put();
    b.put();
    barrier();
    if (k + kStepDepth < depth) {
      a.fetch(k + kStepDepth, depth);
      b.fetch(k + kStepDepth, depth);
    }
#pragma unroll
    for (unsigned slab = 0; slab < kSlabs; ++slab) {
      Operand right[kStrips];
#pragma unroll
      for (unsigned s = 0; s < kStrips; ++s) {
        right[s] = b.operand(slab, (wave() * kStrips + s) * kTile);
      }
#pragma unroll
      for (unsigned m = 0; m < kBlockM / kTile; ++m) {
        const Operand left = a.operand(slab, m * kTile);
#pragma unroll
        for (unsigned s = 0; s < kStrips; ++s) multiply_add(sums[m][s], left, right[s]);
      }
    }
    barrier();
  }
}

}  // namespace switchyard::kernels::device::inline SWITCHYARD_MODEL
