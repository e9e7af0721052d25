#pragma once

#include "kernels/device/vocabulary/memory.h"
#include "kernels/device/vocabulary/thread.h"

// The tile operation of a wave on AMD: c [16, 16] += a [16, 32] b [16, 32]^T, bf16 products, float sums.
//
// A row of 32 is four pieces of eight. A lane holds of either operand one piece: row operand_row(), piece
// operand_piece(). That is all that the code around it knows.
//
//   gfx950   v_mfma_f32_16x16x32_bf16: lane l gives row l % 16, k = 8 (l / 16) .. + 7
//   gfx942   v_mfma_f32_16x16x16_bf16 twice: lane l gives row l % 16, k = 4 (l / 16) .. + 3 of
//            each; halves of the pieces, so the k of an instruction are 8 j + 0 .. 3, then 8 j + 4 .. 7
//
// So the sum over k runs in a different order on each, with both operands permuted alike.
// c: lane l, register r: row 4 (l / 16) + r, column l % 16.
namespace switchyard::kernels::device::inline SWITCHYARD_MODEL {

inline constexpr unsigned kTile = 16;       // rows of an operand
inline constexpr unsigned kTileDepth = 32;  // k of one operation
inline constexpr unsigned kTilePieces = kTileDepth / kPieceValues;

#if !defined(SWITCHYARD_SM_90)

inline constexpr unsigned kLaneSums = 4;

using Operand = Piece;

struct Sums {
  float at[kLaneSums];
};

SWITCHYARD_DEVICE unsigned operand_row() { return lane() % 16; }
SWITCHYARD_DEVICE unsigned operand_piece() { return lane() / 16; }

SWITCHYARD_DEVICE unsigned sum_row(unsigned i) { return 4 * (lane() / 16) + i; }
SWITCHYARD_DEVICE unsigned sum_column(unsigned /*i*/) { return lane() % 16; }

SWITCHYARD_DEVICE Sums zero_sums() {
  Sums sums;
  for (unsigned i = 0; i < kLaneSums; ++i) sums.at[i] = 0;
  return sums;
}

#if defined(__AMDGCN__)
typedef float Float4 __attribute__((ext_vector_type(4)));
typedef __bf16 Half8 __attribute__((ext_vector_type(8)));
typedef short Short4 __attribute__((ext_vector_type(4)));
#endif

SWITCHYARD_DEVICE void multiply_add(Sums& c, const Operand& a, const Operand& b) {
#if defined(__AMDGCN__)
  Float4 sums = {c.at[0], c.at[1], c.at[2], c.at[3]};
#if defined(SWITCHYARD_GFX950)
  sums = __builtin_amdgcn_mfma_f32_16x16x32_bf16(__builtin_bit_cast(Half8, a),
                                                 __builtin_bit_cast(Half8, b), sums, 0, 0, 0);
#else
  const Words2 a_low = a.lo, a_high = a.hi, b_low = b.lo, b_high = b.hi;
  sums = __builtin_amdgcn_mfma_f32_16x16x16bf16_1k(__builtin_bit_cast(Short4, a_low),
                                                   __builtin_bit_cast(Short4, b_low), sums, 0, 0, 0);
  sums = __builtin_amdgcn_mfma_f32_16x16x16bf16_1k(__builtin_bit_cast(Short4, a_high),
                                                   __builtin_bit_cast(Short4, b_high), sums, 0, 0, 0);
#endif
  for (unsigned i = 0; i < 4; ++i) c.at[i] = sums[i];
#else
  std::uint32_t left[4], right[4];
  for (unsigned i = 0; i < 4; ++i) {
    left[i] = a[i];
    right[i] = b[i];
  }
#if defined(SWITCHYARD_GFX950)
  host::matrix({host::Matrix::mfma_16x16x32_bf16, left, right, c.at}, __LINE__);
#else
  host::matrix({host::Matrix::mfma_16x16x16_bf16, left, right, c.at}, __LINE__);
  host::matrix({host::Matrix::mfma_16x16x16_bf16, left + 2, right + 2, c.at}, __LINE__);
#endif
#endif
}

#endif  // !SWITCHYARD_SM_90

}  // namespace switchyard::kernels::device::inline SWITCHYARD_MODEL
