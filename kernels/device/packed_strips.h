#pragma once

#include "kernels/device/vocabulary/decode.h"
#include "kernels/device/vocabulary/fragment.h"

namespace switchyard::kernels::device::inline SWITCHYARD_MODEL {

// Strips of packed weights of a wave, a group ahead.
template <typename Format, unsigned kStrips>
class PackedStrips {
 public:
  // strip(s): the index of the wave's strip s in the matrix at `weight` and `scales`.
  template <typename Strip>
  SWITCHYARD_MEMBER PackedStrips(const std::uint8_t* weight, const std::uint32_t* scales,
                                 unsigned groups, const Strip& strip) {
#pragma unroll
    for (unsigned s = 0; s < kStrips; ++s) {
      const std::size_t record = std::size_t{strip(s)} * groups;
      records_[s] = weight + record * record_bytes(Format::bits);
      scale_words_[s] = scales + record * kStripRows;
    }
  }

  SWITCHYARD_MEMBER void fetch(unsigned group) {
#pragma unroll
    for (unsigned s = 0; s < kStrips; ++s) {
      const std::uint8_t* record =
          records_[s] + std::size_t{group} * record_bytes(Format::bits);
      next_[s] = load_packed<Format>(record, operand_piece() * kStripRows + operand_row());
      next_scales_[s] = scale_words_[s][group * kStripRows + operand_row()];
    }
  }
  SWITCHYARD_MEMBER void advance() {
#pragma unroll
    for (unsigned s = 0; s < kStrips; ++s) {
      now_[s] = next_[s];
      now_scales_[s] = next_scales_[s];
    }
  }

  // Tile q of strip s; where kScaleTheSums, without `scale(s, q)`.
  SWITCHYARD_MEMBER Operand operand(unsigned s, unsigned q) const {
#if defined(SWITCHYARD_GFX950)
    return decode_scaled(now_[s], q, scale_factor(scale_of_piece(s)));
#else
    return decode(now_[s], q);
#endif
  }
  // As it lies in registers, and the scale of block operand_piece() of the group: of a piece of blocks.
  SWITCHYARD_MEMBER const PackedPiece<Format>& packed(unsigned s) const { return now_[s]; }
  SWITCHYARD_MEMBER std::uint32_t scale_of_piece(unsigned s) const {
    return now_scales_[s] >> (8 * operand_piece()) & 0xFFu;
  }
  // Of the lane's column.
  SWITCHYARD_MEMBER float scale(unsigned s, unsigned q) const {
    return scale_factor(now_scales_[s] >> (8 * q) & 0xFFu);
  }

 private:
  const std::uint8_t* records_[kStrips];
  const std::uint32_t* scale_words_[kStrips];
  PackedPiece<Format> next_[kStrips], now_[kStrips];
  std::uint32_t next_scales_[kStrips], now_scales_[kStrips];
};

}  // namespace switchyard::kernels::device::inline SWITCHYARD_MODEL
