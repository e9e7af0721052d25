#pragma once

#include "kernels/device/packed_strips.h"
#include "kernels/device/vocabulary/scaled_tile.h"
#include "kernels/mx/scale.h"

// The product of a workgroup on gfx950, both operands packed:
//
//   sums = a [kBlockM, depth] b [strips of 16 rows, depth]^T
//
// A group of 128 of k is one scaled tile operation. Activations, rows of packed codes and of scales, and
// weights (fragment_layout.h, blocks) both go from memory to registers, a group ahead; nothing is decoded
// and nothing passes through LDS.
#if defined(SWITCHYARD_GFX950)
namespace switchyard::kernels::device::inline SWITCHYARD_MODEL {

// Rows of activations.
template <typename Format, unsigned kBlockM>
class CodedRows {
 public:
  static constexpr unsigned kTiles = kBlockM / kTile;

  // row(r): the index of row r, or -1. Scales are read of MX formats only.
  template <typename Row>
  SWITCHYARD_MEMBER CodedRows(const std::uint8_t* elements, const std::uint8_t* scales,
                              const Row& row, unsigned depth)
      : elements_(elements), scales_(scales), depth_(depth) {
#pragma unroll
    for (unsigned m = 0; m < kTiles; ++m) rows_[m] = row(m * kTile + operand_row());
  }

  SWITCHYARD_MEMBER void fetch(unsigned group) {
#pragma unroll
    for (unsigned m = 0; m < kTiles; ++m) fetch_row(next_[m], rows_[m], group);
  }
  SWITCHYARD_MEMBER void advance() {
#pragma unroll
    for (unsigned m = 0; m < kTiles; ++m) now_[m] = next_[m];
  }
  SWITCHYARD_MEMBER const ScaledOperand& operand(unsigned m) const { return now_[m]; }

 private:
  SWITCHYARD_MEMBER void fetch_row(ScaledOperand& to, int row, unsigned group) const {
#pragma unroll
    for (unsigned i = 0; i < 8; ++i) to.words[i] = 0;
    to.scale = mx::kScaleBias;
    if (row < 0) return;
    const std::uint8_t* codes =
        elements_ + std::size_t{static_cast<unsigned>(row)} * (depth_ / 8 * Format::bits);
    const unsigned first = group * kScaledDepth, piece = operand_piece();
    if constexpr (Format::bits == 8) {
#pragma unroll
      for (unsigned half = 0; half < 2; ++half) {
        const unsigned k = first + 64 * half + 16 * piece;
        if (k >= depth_) continue;
        const Piece sixteen = load_piece(codes + k);
#pragma unroll
        for (unsigned i = 0; i < 4; ++i) to.words[4 * half + i] = sixteen[i];
      }
    } else {
      const unsigned k = first + 32 * piece;
      if (k >= depth_) return;
      const auto* pairs = reinterpret_cast<const Words2*>(codes + k / 8 * Format::bits);
#pragma unroll
      for (unsigned i = 0; i < Format::bits / 2; ++i) {
        const Words2 two = pairs[i];
        to.words[2 * i] = two[0];
        to.words[2 * i + 1] = two[1];
      }
      to.scale = scales_[std::size_t{static_cast<unsigned>(row)} * (depth_ / 32) + k / 32];
    }
  }

  const std::uint8_t* elements_;
  const std::uint8_t* scales_;
  unsigned depth_;
  int rows_[kTiles];
  ScaledOperand next_[kTiles], now_[kTiles];
};

// A of the activations, B of the weights.
template <typename A, typename B, unsigned kBlockM>
class NativeProduct {
 public:
  static constexpr unsigned kTiles = kBlockM / kTile;
  static constexpr unsigned kStrips = 2;  // of a wave
  static constexpr unsigned kColumns = kWorkgroupWaves * kStrips * kTile;

  SWITCHYARD_MEMBER static unsigned column_wave() { return wave(); }

  Sums sums[kTiles][kStrips];

  template <typename Strip>
  SWITCHYARD_MEMBER void run(CodedRows<A, kBlockM>& a, const std::uint8_t* weight,
                             const std::uint32_t* scales, const Strip& strip, unsigned depth) {
    const unsigned groups = groups_of(depth);
    PackedStrips<B, kStrips> b(weight, scales, groups, strip);
#pragma unroll
    for (unsigned m = 0; m < kTiles; ++m) {
#pragma unroll
      for (unsigned s = 0; s < kStrips; ++s) sums[m][s] = zero_sums();
    }
    a.fetch(0);
    b.fetch(0);
    for (unsigned group = 0; group < groups; ++group) {
      a.advance();
      b.advance();
      if (group + 1 < groups) {
        a.fetch(group + 1);
        b.fetch(group + 1);
      }
#pragma unroll
      for (unsigned s = 0; s < kStrips; ++s) {
        const ScaledOperand right = operand_of(b, s);
#pragma unroll
        for (unsigned m = 0; m < kTiles; ++m) {
          multiply_add_scaled<A, B>(sums[m][s], a.operand(m), right);
        }
      }
    }
  }

 private:
  SWITCHYARD_MEMBER static ScaledOperand operand_of(const PackedStrips<B, kStrips>& b, unsigned s) {
    ScaledOperand result;
#pragma unroll
    for (unsigned i = 0; i < 8; ++i) result.words[i] = i < B::bits ? b.packed(s).words[i] : 0;
    result.scale = b.scale_of_piece(s);
    return result;
  }
};

// The row of a tile's pair, pairs_a_row to a row; -1 where there is none.
struct PairIndex {
  const std::int32_t* pairs;
  unsigned pairs_a_row;

  SWITCHYARD_MEMBER int operator()(unsigned r) const {
    const std::int32_t pair = pairs[r];
    return pair < 0 ? -1 : static_cast<int>(static_cast<unsigned>(pair) / pairs_a_row);
  }
};

}  // namespace switchyard::kernels::device::inline SWITCHYARD_MODEL
#endif
