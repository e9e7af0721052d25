#pragma once

#include "kernels/device/vocabulary/fragment.h"

// The product of a workgroup, both operands bf16 in memory:
//
//   sums = a [kBlockM, depth] b [128, depth]^T
//
// 64 of k at a time go through LDS, loaded a step ahead into registers. A wave has all rows of a and 32
// rows of b: rows 32 w .. 32 w + 31 of b in two strips of 16. In LDS a slab is 32 of k: row r's piece c
// lies at 4 r + (c ^ (r / 2) % 4), so that lanes that read or write together use different banks.
// Rows that are not there (null) count as zeros.
namespace switchyard::kernels::device::inline SWITCHYARD_MODEL {

inline constexpr unsigned kProductColumns = 128;  // rows of b
inline constexpr unsigned kStrips = 2;            // of 16, a wave
static_assert(kProductColumns == kWorkgroupWaves * kStrips * kTile);
inline constexpr unsigned kStepDepth = 64;
inline constexpr unsigned kStepPieces = kStepDepth / kPieceValues;
inline constexpr unsigned kSlabs = kStepDepth / kTileDepth;

// The place of a piece within a slab.
SWITCHYARD_DEVICE unsigned slab_place(unsigned row, unsigned piece) {
  return row * kTilePieces + (piece ^ ((row / 2) % kTilePieces));
}

// One operand of a step: pieces in registers on their way to LDS. A thread has the same piece of rows
// that are kRowsARound apart.
template <unsigned kRows>
class StepOperand {
 public:
  static constexpr unsigned kRowsARound = kThreads / kStepPieces;
  static constexpr unsigned kRounds = (kRows + kRowsARound - 1) / kRowsARound;
  static constexpr unsigned kLdsPieces = kSlabs * kRows * kTilePieces;

  // row(r): the address of row r, or null.
  template <typename Row>
  SWITCHYARD_MEMBER StepOperand(unsigned lds_at, const Row& row) : lds_(lds_at, kLdsPieces) {
#pragma unroll
    for (unsigned i = 0; i < kRounds; ++i) {
      const unsigned r = own_row(i);
      rows_[i] = r < kRows ? row(r) : nullptr;
    }
  }

  SWITCHYARD_MEMBER void fetch(unsigned k, unsigned depth) {
    const unsigned own = k + own_piece() * kPieceValues;
#pragma unroll
    for (unsigned i = 0; i < kRounds; ++i) {
      pieces_[i] = rows_[i] != nullptr && own < depth ? load_piece(rows_[i] + own) : zero_piece();
    }
  }

  SWITCHYARD_MEMBER void put() const {
    const unsigned slab = own_piece() / kTilePieces, piece = own_piece() % kTilePieces;
#pragma unroll
    for (unsigned i = 0; i < kRounds; ++i) {
      const unsigned r = own_row(i);
      if (r < kRows) lds_.store(slab * kRows * kTilePieces + slab_place(r, piece), pieces_[i]);
    }
  }

  // Rows first .. first + 15 of a slab, for the tile operation.
  SWITCHYARD_MEMBER Operand operand(unsigned slab, unsigned first) const {
    Operand result;
#pragma unroll
    for (unsigned i = 0; i < kLaneRows; ++i) {
      result.rows[i] = lds_.load(slab * kRows * kTilePieces +
                                 slab_place(first + operand_row(i), operand_piece()));
    }
    return result;
  }

  SWITCHYARD_MEMBER unsigned lds_end() const { return lds_.end(); }

 private:
  SWITCHYARD_MEMBER static unsigned own_piece() { return thread() % kStepPieces; }
  SWITCHYARD_MEMBER static unsigned own_row(unsigned i) {
    return thread() / kStepPieces + i * kRowsARound;
  }

  Lds<Piece> lds_;
  const Bf16* rows_[kRounds];
  Piece pieces_[kRounds];
};

// LDS from byte 0, kBlockM * 128 + 16384 bytes; free again when this returns.
template <unsigned kBlockM, typename RowOfA, typename RowOfB>
SWITCHYARD_DEVICE void multiply_rows(const RowOfA& row_of_a, const RowOfB& row_of_b, unsigned depth,
                                     Sums (&sums)[kBlockM / kTile][kStrips]) {
  StepOperand<kBlockM> a(0, row_of_a);
  StepOperand<kProductColumns> b(a.lds_end(), row_of_b);
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
