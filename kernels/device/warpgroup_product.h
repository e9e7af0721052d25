#pragma once

#include "kernels/device/fragment_layout.h"
#include "kernels/device/vocabulary/async_copy.h"
#include "kernels/device/vocabulary/decode.h"
#include "kernels/device/vocabulary/warpgroup.h"

// The product of a workgroup with packed weights on sm_90a, tokens as columns:
//
//   sums [16 waves kStrips, kTokens] = b [16 waves kStrips, depth] a [kTokens, depth]^T
//
// Weights b are packed (fragment_layout.h, `steps`), decoded in registers and the left operand of
// wgmma; the tokens' bf16 values a are its right one in LDS. Wave w has kStrips strips of 16 rows,
// and each four waves issue matrix instructions of their own. kTokens is block_m, or less for a
// tile with fewer rows: its matrix instructions are narrower.
//
// Both operands go from memory to LDS asynchronously, kAhead stages ahead of the product; a lane
// reads back the weights that it copied itself. The last matrix instructions of a stage go on while
// the next one begins, so it is free one stage later.
//
// Of the emulated variant weights are bf16 (DecodedRecord) and go to the matrix instruction as they
// are; there a stage may be half a group.
//
// LDS from byte 0: the stages, each of a, [kTokens, 64 of k] for each 64 of its k as warpgroup.h
// wants it; of weights, for each wave and strip 16 bytes a lane and row (then, fp6, 8); of scales,
// 16 words a wave and strip.
#if defined(SWITCHYARD_SM_90)
namespace switchyard::kernels::device::inline SWITCHYARD_MODEL {

// A record of bf16, written by warpgroup_dequantise.hip: where the packed one has piece `place`, 32
// codes, this has at 16 (64 q + place) the eight bf16 of its elements 8 q .. 8 q + 7, q = 0 .. 3.
struct DecodedRecord {
  static constexpr unsigned bits = 16;
};

// Whether there may be scales past kLargestSmallScale: no, yes, or as the argument says.
enum class Scales : std::uint8_t { small, large, either };
template <Scales kValue>
struct ScalesAre {
  static constexpr Scales value = kValue;
};

// Of k in groups of 128, first .. last - 1.
struct GroupRange {
  unsigned first, last;
};

template <typename Format, WarpgroupShape kShape, unsigned kTokensThere = kShape.block_m>
class WarpgroupProduct {
  static constexpr bool kPacked = Format::bits < 16;

 public:
  static constexpr unsigned kTokens = kTokensThere;
  static constexpr unsigned kStrips = kShape.strips;
  // Whether workgroups may share a reduction (split_k): where there are few tokens.
  static constexpr bool kShared = kPacked && kShape.block_m == 16;
  static constexpr unsigned kWorkgroup = kShape.waves * kWave;               // threads
  static constexpr unsigned kColumns = kShape.waves * kStrips * kStripRows;  // rows of b

  SWITCHYARD_MEMBER static unsigned column_wave() { return wave(); }

  // Of the wave's strip s: sums[s][at] belongs to its row `row(at)` and to token `token(at)`.
  float sums[kStrips][kTokens / 2];
  SWITCHYARD_MEMBER static unsigned row(unsigned at) { return lane() / 4 + 8 * (at / 2 % 2); }
  SWITCHYARD_MEMBER static unsigned token(unsigned at) {
    return 8 * (at / 4) + 2 * (lane() % 4) + at % 2;
  }

  template <Scales kScales, typename RowOfA, typename Strip>
  SWITCHYARD_MEMBER void run(const RowOfA& row_of_a, const std::uint8_t* weight,
                             const std::uint32_t* scales, bool large_scales, const Strip& strip,
                             unsigned depth, const GroupRange& range) {
    if (kScales == Scales::large || (kScales == Scales::either && large_scales)) {
      run<true>(row_of_a, weight, scales, strip, depth, range);
    } else {
      run<false>(row_of_a, weight, scales, strip, depth, range);
    }
  }

  // row_of_a(r): the address of row r of a, or null from some row on, whose sums are then not to be
  // read. kLargeScales: whether there may be scales past kLargestSmallScale. LDS is free again when
  // this returns.
  template <bool kLargeScales, typename RowOfA, typename Strip>
  SWITCHYARD_MEMBER void run(const RowOfA& row_of_a, const std::uint8_t* weight,
                             const std::uint32_t* scales, const Strip& strip, unsigned depth,
                             const GroupRange& range) {
#pragma unroll
    for (unsigned s = 0; s < kStrips; ++s) {
#pragma unroll
      for (unsigned i = 0; i < kTokens / 2; ++i) sums[s][i] = 0;
    }
    Source source;
    source.open(row_of_a, weight, scales, strip, depth, range.first);
    const unsigned stages = (range.last - range.first) * (kGroupColumns / kDepth);
#pragma unroll
    for (unsigned stage = 0; stage < kAhead; ++stage) {
      if (stage < stages) source.fetch_weights(stage * kStageBytes);
    }
    source.clear_missing_rows();
    wait_for_previous();  // who may still be writing a
#pragma unroll
    for (unsigned stage = 0; stage < kAhead; ++stage) {
      if (stage < stages) source.fetch_rows(stage * kStageBytes);
      commit_copies();  // the first with the weights of all
    }
    const std::uint64_t first_rows = matrix_rows(0);
    unsigned stage = 0, next = kAhead;
    // Where no reduction is shared there is a stage at least, which the compiler must know: a way
    // around the matrix instructions would set their sums behind them (see warpgroup_wait).
    if constexpr (!kShared) __builtin_assume(stages != 0);
    for (unsigned index = 0; index < stages; ++index) {
      wait_copies<kAhead - 1>();
      show_lds_to_matrix();
      barrier();  // all of this stage is there, and nobody needs the `next` one any more
      if (index + kAhead < stages) source.fetch(next * kStageBytes);
      commit_copies();
      const unsigned at = stage * kStageBytes;
      multiply<kLargeScales>(at, matrix_rows_at(first_rows, at));
      stage = stage + 1 == kStages ? 0 : stage + 1;
      next = next + 1 == kStages ? 0 : next + 1;
    }
    warpgroup_wait<0, 2 * kTokens + kLargeScales>();
#pragma unroll
    for (unsigned s = 0; s < kStrips; ++s) warpgroup_settle(sums[s]);
    wait_copies<0>();
    barrier();
  }

 private:
  static constexpr unsigned kDepth = kShape.depth;    // of a stage
  static constexpr unsigned kHalves = kDepth / 64;    // rows of LDS that a stage has of a row of a
  static constexpr unsigned kQuarters = kDepth / 32;  // pieces of 32 codes of a lane, strip and row
  static constexpr unsigned kStages = kShape.stages;
  static constexpr unsigned kAhead = kStages - 2;
  static_assert(kAhead > 0);
  static constexpr unsigned kHalfBytes = kShape.block_m * kMatrixRowBytes;  // of a, 64 of k
  static constexpr unsigned kPieceBytes = kQuarters * Format::bits;  // of a row of a strip, a lane
  static constexpr unsigned kStripBytes = kWave * 2 * kPieceBytes;
  static constexpr unsigned kWeightsAt = kHalves * kHalfBytes;
  static constexpr unsigned kScalesAt = kWeightsAt + kShape.waves * kStrips * kStripBytes;
  static constexpr unsigned kStageBytes = warpgroup_stage_bytes(kShape, Format::bits);
  static_assert(kScalesAt + kShape.waves * kStrips * 64 <= kStageBytes);

  static_assert(kDepth == kGroupColumns || (!kPacked && kDepth == kGroupColumns / 2));
  static constexpr unsigned kPieceLoads = kPacked ? 1 : kQuarters;  // of 16 bytes

  // Within a stage: the lane's piece of its row i of strip s, of bf16 its quarter q, and the 8
  // bytes that fp6 has besides.
  SWITCHYARD_MEMBER static unsigned piece_at(unsigned s, unsigned i, unsigned q = 0) {
    return kWeightsAt + (wave() * kStrips + s) * kStripBytes + ((q * 2 + i) * kWave + lane()) * 16;
  }
  SWITCHYARD_MEMBER static unsigned rest_at(unsigned s, unsigned i) {
    return kWeightsAt + (wave() * kStrips + s) * kStripBytes + 2 * kWave * 16 +
           (i * kWave + lane()) * 8;
  }
  SWITCHYARD_MEMBER static unsigned scales_at(unsigned s) {
    return kScalesAt + (wave() * kStrips + s) * 64;
  }

  // What a thread copies: of a, piece thread % 8 of both halves of rows that are 16 apart; its
  // wave's weights.
  class Source {
   public:
    template <typename RowOfA, typename Strip>
    SWITCHYARD_MEMBER void open(const RowOfA& row_of_a, const std::uint8_t* weight,
                                const std::uint32_t* scales, const Strip& strip, unsigned depth,
                                unsigned first_group) {
      k_ = first_group * kGroupColumns + thread() % 8 * kPieceValues;
      depth_ = depth;
      there_ = 0;
#pragma unroll
      for (unsigned i = 0; i < kOwnRows; ++i) {
        const Bf16* row = row_of_a(thread() / 8 + i * kRowsARound);
        there_ += row != nullptr ? 1 : 0;
        // Of a missing row any address: it is never read.
        rows_[i] = (row != nullptr ? row : reinterpret_cast<const Bf16*>(weight)) + k_;
      }
#pragma unroll
      for (unsigned s = 0; s < kStrips; ++s) {
        const std::size_t record = strip(s) * std::size_t{groups_of(depth)} + first_group;
        weights_[s] = weight + record * record_bytes(Format::bits) + lane() * 16;
        if constexpr (kPacked) scales_[s] = scales + record * kStripRows + lane() % 4 * 4;
      }
    }

    // Zeros, in all stages, for the rows that no copy ever writes.
    SWITCHYARD_MEMBER void clear_missing_rows() const {
#pragma unroll
      for (unsigned i = 0; i < kOwnRows; ++i) {
        if (i < there_) continue;
        for (unsigned stage = 0; stage < kStages; ++stage) {
          const unsigned at = stage * kStageBytes + a_at() + i * kRowsARound * kMatrixRowBytes;
          Lds<Piece>(at, 1).store(0, zero_piece());
          if (kHalves == 2) Lds<Piece>(at + kHalfBytes, 1).store(0, zero_piece());
        }
      }
    }

    // The next of a stage, to byte `to`.
    SWITCHYARD_MEMBER void fetch(unsigned to) {
      fetch_weights(to);
      fetch_rows(to);
    }
    SWITCHYARD_MEMBER void fetch_weights(unsigned to) {
#pragma unroll
      for (unsigned s = 0; s < kStrips; ++s) {
#pragma unroll
        for (unsigned i = 0; i < 2; ++i) {
#pragma unroll
          for (unsigned q = 0; q < kPieceLoads; ++q) {
            copy_async<16>(to + piece_at(s, i, q), weights_[s] + (q * 2 + i) * kWave * 16);
          }
          if constexpr (Format::bits == 6) {  // from 1024 + 8 lane on
            copy_async<8>(to + rest_at(s, i), weights_[s] + 1024 + i * kWave * 8 - lane() * 8);
          }
        }
        weights_[s] += record_bytes(Format::bits) / (kGroupColumns / kDepth);
        if constexpr (kPacked) {
          if (lane() / 4 == s) copy_async<16>(to + scales_at(s) + lane() % 4 * 16, scales_[s]);
          scales_[s] += kStripRows;
        }
      }
    }
    SWITCHYARD_MEMBER void fetch_rows(unsigned to) {
      const bool first = k_ < depth_;
      [[maybe_unused]] const bool second = k_ + kGroupColumns / 2 < depth_;
#pragma unroll
      for (unsigned i = 0; i < kOwnRows; ++i) {
        if (i < there_) {
          const unsigned at = to + a_at() + i * kRowsARound * kMatrixRowBytes;
          copy_async<16>(at, rows_[i], first);
          if constexpr (kHalves == 2) {
            copy_async<16>(at + kHalfBytes, rows_[i] + kGroupColumns / 2, second);
          }
        }
        rows_[i] += kDepth;
      }
      k_ += kDepth;
    }

   private:
    static constexpr unsigned kRowsARound = kWorkgroup / 8;
    static constexpr unsigned kOwnRows = kTokens / kRowsARound;
    static_assert(kTokens % kRowsARound == 0 && kRowsARound % 8 == 0);
    SWITCHYARD_MEMBER static unsigned a_at() {
      return matrix_row_place(thread() / 8, thread() % 8);
    }

    const std::uint8_t* weights_[kStrips];
    const std::uint32_t* scales_[kStrips];
    const Bf16* rows_[kOwnRows];
    unsigned there_, k_, depth_;
  };

  // The weights of a group as the lane has them: packed in registers, or where they lie in LDS.
  template <bool kLargeScales>
  class PackedWeights {
   public:
    SWITCHYARD_MEMBER explicit PackedWeights(unsigned at) {
#pragma unroll
      for (unsigned s = 0; s < kStrips; ++s) {
        const Lds<std::uint32_t> words(at + scales_at(s), kStripRows);
#pragma unroll
        for (unsigned i = 0; i < 2; ++i) {
          const Piece first = Lds<Piece>(at + piece_at(s, i), 1).load(0);
#pragma unroll
          for (unsigned word = 0; word < 4; ++word) pieces_[s][i].words[word] = first[word];
          if constexpr (Format::bits == 6) {
            const Words2 rest = Lds<Words2>(at + rest_at(s, i), 1).load(0);
            pieces_[s][i].words[4] = rest[0];
            pieces_[s][i].words[5] = rest[1];
          }
          scales_[s][i] = words.load(lane() / 4 + 8 * i);
        }
      }
    }
    SWITCHYARD_MEMBER Piece operator()(unsigned s, unsigned i, unsigned q) const {
      return kLargeScales ? decode_scaled(pieces_[s][i], q, scales_[s][i])
                          : decode_small_scaled(pieces_[s][i], q, scales_[s][i]);
    }

   private:
    PackedPiece<Format> pieces_[kStrips][2];
    std::uint32_t scales_[kStrips][2];
  };
  template <bool>
  class DecodedWeights {
   public:
    SWITCHYARD_MEMBER explicit DecodedWeights(unsigned at) : at_(at) {}
    SWITCHYARD_MEMBER Piece operator()(unsigned s, unsigned i, unsigned q) const {
      return Lds<Piece>(at_ + piece_at(s, i, q), 1).load(0);
    }

   private:
    unsigned at_;
  };

  // What the stage at byte `at` has, whose a is `rows`.
  template <bool kLargeScales>
  SWITCHYARD_MEMBER void multiply(unsigned at, std::uint64_t rows) {
    const typename Either<kPacked, PackedWeights<kLargeScales>, DecodedWeights<kLargeScales>>::Type
        weights(at);
#pragma unroll
    for (unsigned q = 0; q < kQuarters; ++q) {
#pragma unroll
      for (unsigned s = 0; s < kStrips; s += 2) {  // two strips are a group of matrix instructions
        Piece left[2][2];
#pragma unroll
        for (unsigned i = 0; i < 4; ++i) {
          left[i / 2][i % 2] = weights(s + i / 2, i % 2, q);
        }
        warpgroup_begin();
#pragma unroll
        for (unsigned step = 0; step < 2; ++step) {
          const unsigned from = q / 2 * kHalfBytes + (q % 2 * 2 + step) * 32;
#pragma unroll
          for (unsigned j = 0; j < 2; ++j) {
            const std::uint32_t of_a[4] = {left[j][0][2 * step], left[j][1][2 * step],
                                           left[j][0][2 * step + 1], left[j][1][2 * step + 1]};
            warpgroup_multiply_add<kTokens>(sums[s + j], of_a, matrix_rows_at(rows, from));
          }
        }
        warpgroup_commit();
        warpgroup_wait<1>();  // the registers of the group before are free, and this one goes on
      }
    }
  }
};

// Calls body(product, scales), `scales` a ScalesAre. The product is the narrowest of the shape that
// holds the tile's rows; of 128 rows there is one for each 32, of rare large scales the widest
// alone. Of 16 rows the scales are left to the product, whose code is then smaller: one token waits
// for code too.
template <typename Format, WarpgroupShape kShape,
          unsigned kTokens = kShape.block_m == 128 ? 32 : kShape.block_m, typename Body>
SWITCHYARD_DEVICE void with_product(const std::int32_t* pairs, bool large_scales,
                                    const Body& body) {
  if constexpr (kTokens < kShape.block_m) {
    if (large_scales || pairs[kTokens] >= 0) {
      return with_product<Format, kShape, kTokens + 32>(pairs, large_scales, body);
    }
  } else if constexpr (Format::bits < 16 && kShape.block_m == 16) {
    return body(WarpgroupProduct<Format, kShape>(), ScalesAre<Scales::either>());
  } else if constexpr (Format::bits < 16) {
    if (large_scales) {
      return body(WarpgroupProduct<Format, kShape>(), ScalesAre<Scales::large>());
    }
  }
  body(WarpgroupProduct<Format, kShape, kTokens>(), ScalesAre<Scales::small>());
}

}  // namespace switchyard::kernels::device::inline SWITCHYARD_MODEL
#endif
