#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/moe/scheme.h"
#include "kernels/mx/block.h"

// A panel: kPanelRows consecutive rows of a weight matrix, reordered once at load so that every
// instruction set reads it forwards, whole registers at a time, and decodes it there.
//
// The blocks of 32 columns follow one another. Within a block, columns are taken in groups of 8:
//
//   4-bit plane   4 groups of 64 bytes. Bytes 4n .. 4n+3 of a group are row n; as two 16-bit words,
//                 nibble j of the low word is column 2j of the group, of the high word column 2j+1.
//   2-bit plane   6-bit elements only, behind the 4-bit plane: 2 halves of 64 bytes, 16 columns
//   each.
//                 Bytes 4n .. 4n+3 are row n; bits 2r and 2r+1 of the low word are the two high
//                 bits of column 2r of the half, those of the high word of column 2r+1.
//
// So "shift right by 4j, look up" gives columns 2j and 2j+1 of all rows, a pair a 32-bit lane: the
// operand of VDPBF16PS and a row of an AMX tile; and "and with 0x0F" gives the columns 0, 4, 1, 5,
// "shift by 4, and" the columns 2, 6, 3, 7, four bytes a lane: the operand of VPDPBUSD.
//
// Scales are [blocks][kPanelRows] e8m0 codes. A panel decoded to bf16 is [columns / 2][kPanelRows]
// pairs.
namespace switchyard::kernels::cpu {

inline constexpr std::size_t kPanelRows = 16;
inline constexpr std::size_t kGroupBytes = 64;
// Rows of activations in a tile of AMX.
inline constexpr std::size_t kRowTile = 16;

constexpr bool has_six_bits(WeightFormat format) { return format != WeightFormat::mxfp4; }

// Bytes of one block of a panel, without its scales.
constexpr std::size_t block_bytes(WeightFormat format) {
  return (has_six_bits(format) ? 6 : 4) * kGroupBytes;
}

struct Panel {
  const std::uint8_t* elements = nullptr;  // [blocks][block_bytes], aligned to 64
  const std::uint8_t* scales = nullptr;    // [blocks][kPanelRows]
  std::size_t blocks = 0;                  // columns / 32
  // All scales lie in 2^-kOrdinary .. 2^kOrdinary: no product of an ordinary row of activations
  // with this panel overflows, or is flushed to zero by an instruction that flushes subnormals.
  bool ordinary = true;
};
inline constexpr int kOrdinaryScale = 40;

// Row n, block b: its 32 element codes, and its scale.
template <typename Format>
void codes_of(const Panel& panel, WeightFormat format, std::size_t n, std::size_t b,
              std::uint8_t* codes) {
  const std::uint8_t* block = panel.elements + b * block_bytes(format);
  for (std::size_t k = 0; k < mx::kBlock; ++k) {
    const std::size_t word = (k / 8) * kGroupBytes + 4 * n + 2 * (k % 2);
    const std::size_t bit = 4 * ((k % 8) / 2);
    unsigned code = (block[word + bit / 8] >> (bit % 8)) & 0xFu;
    if constexpr (Format::bits == 6) {
      const std::size_t half = 4 * kGroupBytes + (k / 16) * kGroupBytes + 4 * n + 2 * (k % 2);
      const std::size_t at = 2 * ((k % 16) / 2);
      code |= ((block[half + at / 8] >> (at % 8)) & 0x3u) << 4;
    }
    codes[k] = static_cast<std::uint8_t>(code);
  }
}

}  // namespace switchyard::kernels::cpu
