#pragma once

#include "kernels/device/packed_strips.h"
#include "kernels/device/staged_rows.h"

// The product of a workgroup with packed weights:
//
//   sums = a [kBlockM, depth] b [strips of 16 rows, depth]^T
//
// a is bf16; b is packed (fragment_layout.h) and goes from memory to registers, a group of 128 of k ahead,
// where it is decoded. kSplit waves share a set of strips, each with every kSplit-th group of k; their sums
// are added in order of the waves. The others of the four waves have strips of their own.
//
// a: where the tile is 16 rows, straight from memory, since each piece is used for a few strips only;
// else through LDS for all waves.
//
// A tile operation takes of each lane eight of the 32 codes of its piece: of four lanes with one row, in
// runs 32 neighbours of k, in blocks eight of each block. a follows (group_piece).
namespace switchyard::kernels::device::inline SWITCHYARD_MODEL {

inline constexpr unsigned kGroupTiles = kGroupColumns / kTileDepth;

// Which piece of eight of a group of 128 of k a lane gives to tile operation q.
SWITCHYARD_DEVICE unsigned group_piece(unsigned q) {
  return kArrangement == Arrangement::runs ? q * kTilePieces + operand_piece()
                                           : operand_piece() * kTilePieces + q;
}

// Rows of a from memory to registers.
template <unsigned kBlockM>
class DirectRows {
 public:
  static constexpr unsigned kLdsBytes = 0;

  template <typename Row>
  SWITCHYARD_MEMBER DirectRows(const Row& row, unsigned depth) : depth_(depth) {
#pragma unroll
    for (unsigned m = 0; m < kBlockM / kTile; ++m) rows_[m] = row(m * kTile + operand_row());
  }

  SWITCHYARD_MEMBER void fetch(unsigned group) {
#pragma unroll
    for (unsigned q = 0; q < kGroupTiles; ++q) {
      const unsigned k = group * kGroupColumns + group_piece(q) * kPieceValues;
#pragma unroll
      for (unsigned m = 0; m < kBlockM / kTile; ++m) {
        next_[q][m] = rows_[m] != nullptr && k < depth_ ? load_piece(rows_[m] + k) : zero_piece();
      }
    }
  }
  SWITCHYARD_MEMBER void advance() {
#pragma unroll
    for (unsigned q = 0; q < kGroupTiles; ++q) {
#pragma unroll
      for (unsigned m = 0; m < kBlockM / kTile; ++m) now_[q][m] = next_[q][m];
    }
  }
  SWITCHYARD_MEMBER Operand operand(unsigned q, unsigned m) const { return now_[q][m]; }

 private:
  unsigned depth_;
  const Bf16* rows_[kBlockM / kTile];
  Operand next_[kGroupTiles][kBlockM / kTile], now_[kGroupTiles][kBlockM / kTile];
};

// Rows of a through LDS, from its byte 0; all waves advance together.
template <unsigned kBlockM>
class SharedRows {
 public:
  static constexpr unsigned kLdsBytes = kBlockM * kGroupColumns * 2;

  template <typename Row>
  SWITCHYARD_MEMBER SharedRows(const Row& row, unsigned depth) : depth_(depth), staged_(0, row) {}

  SWITCHYARD_MEMBER void fetch(unsigned group) { staged_.fetch(group * kGroupColumns, depth_); }
  SWITCHYARD_MEMBER void advance() {
    barrier();  // the group before has been read
    staged_.put();
    barrier();
  }
  SWITCHYARD_MEMBER Operand operand(unsigned q, unsigned m) const {
    return staged_.operand_of_piece(group_piece(q), m * kTile);
  }

 private:
  unsigned depth_;
  StagedRows<kBlockM, kGroupColumns> staged_;
};

template <typename Format, unsigned kBlockM, unsigned kSplit>
class PackedProduct {
 public:
  static_assert(kSplit == 1 || kBlockM == 16);
  static constexpr unsigned kTiles = kBlockM / kTile;
  static constexpr unsigned kStrips = kSplit == 4 ? 4 : 2;  // of a wave
  static constexpr unsigned kColumnWaves = kWorkgroupWaves / kSplit;
  static constexpr unsigned kColumns = kColumnWaves * kStrips * kTile;  // of the workgroup

  // This wave's place among those with other strips, and the first of those that share them.
  SWITCHYARD_MEMBER static unsigned column_wave() { return wave() % kColumnWaves; }
  SWITCHYARD_MEMBER static bool has_sums() { return wave() < kColumnWaves; }

  Sums sums[kTiles][kStrips];  // complete in the waves that has_sums()

  // LDS from byte 0, free again when this returns.
  template <typename RowOfA, typename Strip>
  SWITCHYARD_MEMBER void run(const RowOfA& row_of_a, const std::uint8_t* weight,
                             const std::uint32_t* scales, const Strip& strip, unsigned depth) {
    const unsigned groups = groups_of(depth), part = wave() / kColumnWaves;
    Rows a(row_of_a, depth);
    PackedStrips<Format, kStrips> b(weight, scales, groups, strip);
#pragma unroll
    for (unsigned m = 0; m < kTiles; ++m) {
#pragma unroll
      for (unsigned s = 0; s < kStrips; ++s) sums[m][s] = zero_sums();
    }
    if (part < groups) {
      a.fetch(part);
      b.fetch(part);
    }
    for (unsigned group = part; group < groups; group += kSplit) {
      a.advance();
      b.advance();
      if (group + kSplit < groups) {
        a.fetch(group + kSplit);
        b.fetch(group + kSplit);
      }
#pragma unroll
      for (unsigned q = 0; q < kGroupTiles; ++q) {
        const bool past = kArrangement == Arrangement::runs &&
                          group * kGroupColumns + q * kTileDepth >= depth;
        if (!past) add_tile(a, b, q);
      }
    }
    if constexpr (kSplit > 1) add_parts(part);
    barrier();
  }

 private:
  using Rows = typename Either<kBlockM == 16, DirectRows<kBlockM>, SharedRows<kBlockM>>::Type;

  SWITCHYARD_MEMBER void add_tile(const Rows& a, const PackedStrips<Format, kStrips>& b,
                                  unsigned q) {
    Operand left[kTiles];
#pragma unroll
    for (unsigned m = 0; m < kTiles; ++m) left[m] = a.operand(q, m);
#pragma unroll
    for (unsigned s = 0; s < kStrips; ++s) {
      const Operand right = b.operand(s, q);
      [[maybe_unused]] const float scale = b.scale(s, q);
#pragma unroll
      for (unsigned m = 0; m < kTiles; ++m) {
        if constexpr (kScaleTheSums) {
          Sums tile = zero_sums();
          multiply_add(tile, left[m], right);
#pragma unroll
          for (unsigned i = 0; i < kLaneSums; ++i) {
            sums[m][s].at[i] = __builtin_fmaf(tile.at[i], scale, sums[m][s].at[i]);
          }
        } else {
          multiply_add(sums[m][s], left[m], right);
        }
      }
    }
  }

  static constexpr unsigned kOfWave = kTiles * kStrips * kLaneSums * kWave;  // sums
  // In LDS, of a sum of part `of`, from 1, of this wave's strips.
  SWITCHYARD_MEMBER static unsigned place(unsigned of, unsigned m, unsigned s, unsigned i) {
    const unsigned from = (of - 1) * kColumnWaves + column_wave();
    return from * kOfWave + ((m * kStrips + s) * kLaneSums + i) * kWave + lane();
  }

  SWITCHYARD_MEMBER void add_parts(unsigned part) {
    const Lds<float> parts(0, (kWorkgroupWaves - kColumnWaves) * kOfWave);
#pragma unroll
    for (unsigned m = 0; m < kTiles; ++m) {
#pragma unroll
      for (unsigned s = 0; s < kStrips; ++s) {
#pragma unroll
        for (unsigned i = 0; i < kLaneSums; ++i) {
          if (part > 0) parts.store(place(part, m, s, i), sums[m][s].at[i]);
        }
      }
    }
    barrier();
    if (part > 0) return;
#pragma unroll
    for (unsigned of = 1; of < kSplit; ++of) {
#pragma unroll
      for (unsigned m = 0; m < kTiles; ++m) {
#pragma unroll
        for (unsigned s = 0; s < kStrips; ++s) {
#pragma unroll
          for (unsigned i = 0; i < kLaneSums; ++i) {
            sums[m][s].at[i] += parts.load(place(of, m, s, i));
          }
        }
      }
    }
  }
};

}  // namespace switchyard::kernels::device::inline SWITCHYARD_MODEL
