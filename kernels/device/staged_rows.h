#pragma once

#include "kernels/device/vocabulary/fragment.h"

// Rows of bf16 on their way through LDS to the tile operation, kDepth of k at a time: from memory to
// registers (fetch), to LDS (put), to operands. In LDS a slab is 32 of k: row r's piece c lies at
// 4 r + (c ^ (r / 2) % 4), so that lanes that read or write together use different banks.
// Rows that are not there (null) count as zeros, and so does k past the depth.
namespace switchyard::kernels::device::inline SWITCHYARD_MODEL {

// The place of a piece within a slab.
SWITCHYARD_DEVICE unsigned slab_place(unsigned row, unsigned piece) {
  return row * kTilePieces + (piece ^ ((row / 2) % kTilePieces));
}

// A thread has the same piece of rows that are kRowsARound apart.
template <unsigned kRows, unsigned kDepth>
class StagedRows {
 public:
  static constexpr unsigned kStepPieces = kDepth / kPieceValues;
  static constexpr unsigned kRowsARound = kThreads / kStepPieces;
  static constexpr unsigned kRounds = (kRows + kRowsARound - 1) / kRowsARound;
  static constexpr unsigned kLdsPieces = kRows * kStepPieces;

  // row(r): the address of row r, or null.
  template <typename Row>
  SWITCHYARD_MEMBER StagedRows(unsigned lds_at, const Row& row) : lds_(lds_at, kLdsPieces) {
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
    return operand_of_piece(slab * kTilePieces + operand_piece(), first);
  }
  // Of them this lane's piece is `piece` of its row.
  SWITCHYARD_MEMBER Operand operand_of_piece(unsigned piece, unsigned first) const {
    return lds_.load(piece / kTilePieces * kRows * kTilePieces +
                     slab_place(first + operand_row(), piece % kTilePieces));
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

}  // namespace switchyard::kernels::device::inline SWITCHYARD_MODEL
