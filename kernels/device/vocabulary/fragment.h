#pragma once

#include "kernels/device/vocabulary/memory.h"
#include "kernels/device/vocabulary/thread.h"

// The tile operation of a wave: c [16, 16] += a [16, 32] b [16, 32]^T, bf16 products, float sums.
//
// A row of 32 is four pieces of eight. A lane holds, for kLaneRows rows of either operand, one piece:
// row operand_row(i), piece operand_piece(). That is all that the code around it knows.
//
//   gfx950   v_mfma_f32_16x16x32_bf16: lane l gives row l % 16, k = 8 (l / 16) .. + 7
//   gfx942   v_mfma_f32_16x16x16_bf16 twice: lane l gives row l % 16, k = 4 (l / 16) .. + 3 of
//            each; halves of the pieces, so the k of an instruction are 8 j + 0 .. 3, then 8 j + 4 .. 7
//   sm_90a   mma.sync.m16n8k16 four times: lane l = 4 g + t gives rows g and g + 8 of a, k = 2t, 2t + 1
//            and 2t + 8, 2t + 9; row g of b. Quarters of the pieces: the k of an instruction are
//            8 t + 0 .. 3, then 8 t + 4 .. 7, and columns 0 .. 7, then 8 .. 15, two instructions each
//
// So the sum over k runs in a different order on each, with both operands permuted alike.
// c: gfx9 lane l, register r: row 4 (l / 16) + r, column l % 16. sm_90a: registers 4 h + 2 i + j: row
// g + 8 i, column 8 h + 2 t + j.
namespace switchyard::kernels::device::inline SWITCHYARD_MODEL {

inline constexpr unsigned kTile = 16;       // rows of an operand
inline constexpr unsigned kTileDepth = 32;  // k of one operation
inline constexpr unsigned kTilePieces = kTileDepth / kPieceValues;
inline constexpr unsigned kLaneRows = 64 / kWave;
inline constexpr unsigned kLaneSums = 256 / kWave;

struct Operand {
  Piece rows[kLaneRows];
};

struct Sums {
  float at[kLaneSums];
};

SWITCHYARD_DEVICE unsigned operand_row(unsigned i) {
  return kWave == 64 ? lane() % 16 : lane() / 4 + 8 * i;
}
SWITCHYARD_DEVICE unsigned operand_piece() { return kWave == 64 ? lane() / 16 : lane() % 4; }

SWITCHYARD_DEVICE unsigned sum_row(unsigned i) {
  return kWave == 64 ? 4 * (lane() / 16) + i : lane() / 4 + 8 * ((i / 2) % 2);
}
SWITCHYARD_DEVICE unsigned sum_column(unsigned i) {
  return kWave == 64 ? lane() % 16 : 8 * (i / 4) + 2 * (lane() % 4) + i % 2;
}

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

#if defined(__NVPTX__)
SWITCHYARD_DEVICE void mma_m16n8k16(float* c, const std::uint32_t* a, const std::uint32_t* b) {
  asm("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, "
      "{%8, %9}, {%0, %1, %2, %3};"
      : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}
#elif defined(SWITCHYARD_SM_90)
SWITCHYARD_DEVICE void mma_m16n8k16(float* c, const std::uint32_t* a, const std::uint32_t* b) {
  host::matrix({host::Matrix::mma_m16n8k16_bf16, a, b, c}, __LINE__);
}
#endif

SWITCHYARD_DEVICE void multiply_add(Sums& c, const Operand& a, const Operand& b) {
#if defined(SWITCHYARD_SM_90)
  for (unsigned k = 0; k < 4; k += 2) {
    const std::uint32_t left[4] = {a.rows[0][k], a.rows[1][k], a.rows[0][k + 1], a.rows[1][k + 1]};
    for (unsigned half = 0; half < 2; ++half) {
      const std::uint32_t right[2] = {b.rows[half][k], b.rows[half][k + 1]};
      mma_m16n8k16(c.at + 4 * half, left, right);
    }
  }
#elif defined(__AMDGCN__)
  Float4 sums = {c.at[0], c.at[1], c.at[2], c.at[3]};
#if defined(SWITCHYARD_GFX950)
  sums = __builtin_amdgcn_mfma_f32_16x16x32_bf16(__builtin_bit_cast(Half8, a.rows[0]),
                                                 __builtin_bit_cast(Half8, b.rows[0]), sums, 0, 0, 0);
#else
  const Words2 a_low = a.rows[0].lo, a_high = a.rows[0].hi, b_low = b.rows[0].lo, b_high = b.rows[0].hi;
  sums = __builtin_amdgcn_mfma_f32_16x16x16bf16_1k(__builtin_bit_cast(Short4, a_low),
                                                   __builtin_bit_cast(Short4, b_low), sums, 0, 0, 0);
  sums = __builtin_amdgcn_mfma_f32_16x16x16bf16_1k(__builtin_bit_cast(Short4, a_high),
                                                   __builtin_bit_cast(Short4, b_high), sums, 0, 0, 0);
#endif
  for (unsigned i = 0; i < 4; ++i) c.at[i] = sums[i];
#else  // the host as an AMD device
  std::uint32_t left[4], right[4];
  for (unsigned i = 0; i < 4; ++i) {
    left[i] = a.rows[0][i];
    right[i] = b.rows[0][i];
  }
#if defined(SWITCHYARD_GFX950)
  host::matrix({host::Matrix::mfma_16x16x32_bf16, left, right, c.at}, __LINE__);
#else
  host::matrix({host::Matrix::mfma_16x16x16_bf16, left, right, c.at}, __LINE__);
  host::matrix({host::Matrix::mfma_16x16x16_bf16, left + 2, right + 2, c.at}, __LINE__);
#endif
#endif
}

}  // namespace switchyard::kernels::device::inline SWITCHYARD_MODEL
