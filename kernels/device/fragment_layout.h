#pragma once

#include <cstdint>

// Weights as the packed and native variants read them: shuffled once, so that one 16-byte load of a
// lane goes to registers in the matrix instruction's layout. Device code compiles this too.
//
// A matrix [rows, columns], rows a multiple of 16, columns padded with zeros to a multiple of 128,
// is strips of 16 rows by groups of 128 columns, strip by strip. A strip's group is a record of
// 256 * bits bytes. In it piece (c, r) has 32 codes of row r, at the place that `place_of` says, by which
// lanes that read together read contiguous bytes:
//
//   runs    columns 32 q + 8 c + i as element 8 q + i, q = 0 .. 3, i = 0 .. 7: what a lane needs for
//           four tile operations (packed)
//   steps   columns 32 q + 16 j + 8 h + 2 c + i as element 8 q + 4 j + 2 h + i, j, h, i = 0, 1: the same
//           for wgmma, which takes 16 of k in their own order (packed on sm_90a)
//   blocks  columns 32 c + e as element e, a block with one scale: what it needs for one scaled tile
//           operation (native), or for four tile operations that take eight of each block (packed on
//           gfx950)
//
//   fp4   16 bytes at 16 * place: a word eight elements, their bits where `bit_of` says
//   fp6   192 bits, element e at bit 6 e: 16 bytes at 16 * place, 8 at 1024 + 8 * place
//
// Scales: a word a (strip, group, row), its byte q the e8m0 of columns 32 q .. 32 q + 31, padded
// with 127.
namespace switchyard::kernels::device {

inline constexpr unsigned kStripRows = 16;
inline constexpr unsigned kGroupColumns = 128;
inline constexpr unsigned kRecordPieces = 64;

constexpr unsigned groups_of(unsigned columns) {
  return (columns + kGroupColumns - 1) / kGroupColumns;
}
constexpr unsigned record_bytes(unsigned bits) { return 256 * bits; }

enum class Arrangement : std::uint8_t { runs, steps, blocks };

// The column, of a block of 32, that is element e of the eight that piece c has of it.
constexpr unsigned column_of(Arrangement arrangement, unsigned c, unsigned e) {
  if (arrangement == Arrangement::steps) return e / 4 * 16 + e / 2 % 2 * 8 + 2 * c + e % 2;
  return 8 * c + e;
}

// The place of piece (c, r) in its record.
constexpr unsigned place_of(Arrangement arrangement, unsigned c, unsigned r) {
  return arrangement == Arrangement::steps ? 32 * (r / 8) + 4 * (r % 8) + c : 16 * c + r;
}

// Where the elements of eight fp4 stand in their word, as the machine decodes them best.
enum class Fp4Order : std::uint8_t {
  natural,    // gfx950: element i at nibble i, for its conversion instruction
  bytes,      // gfx942: 0 .. 3 in the low nibbles of the bytes, 4 .. 7 in the high ones, for v_perm
  scattered,  // sm_90a: pairs in both halves; each a few operations from bf16 (decode.h)
};

// Bit `bit` of element i: 0 the fraction, 1 and 2 the exponent, 3 the sign.
constexpr unsigned bit_of(Fp4Order order, unsigned i, unsigned bit) {
  if (order == Fp4Order::bytes) return 4 * (i < 4 ? 2 * i : 2 * (i - 4) + 1) + bit;
  if (order == Fp4Order::scattered) {
    constexpr unsigned kLast[] = {3, 4, 0, 1};
    const unsigned pair = i / 2, bf16 = bit == 3 ? 15 : 6 + bit;
    return pair == 3 ? kLast[bit] + 16 * (i % 2) : (bf16 + 3 * pair + 16 * (i % 2)) % 32;
  }
  return 4 * i + bit;
}

}  // namespace switchyard::kernels::device
