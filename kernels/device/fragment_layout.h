#pragma once

#include <cstdint>

// Weights as the packed and native variants read them: shuffled once, so that one 16-byte load of a
// lane goes to registers in the matrix instruction's layout. Device code compiles this too.
//
// A matrix [rows, columns], rows a multiple of 16, columns padded with zeros to a multiple of 128,
// is strips of 16 rows by groups of 128 columns, strip by strip. A strip's group is a record of
// 256 * bits bytes. In it piece (c, r), at place 16 c + r, has 32 codes of row r:
//
//   runs    columns 32 q + 8 c + i as element 8 q + i, q = 0 .. 3, i = 0 .. 7: what a lane needs for
//           four tile operations (packed)
//   blocks  columns 32 c + e as element e, a block with one scale: what it needs for one scaled tile
//           operation (native), or for four tile operations that take eight of each block (packed on
//           gfx950)
//
//   fp4   16 bytes at 16 * place: a word eight elements, each at the nibble that `nibble_of` says
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

enum class Arrangement : std::uint8_t { runs, blocks };

// Where element i of eight fp4 stands in its word, as the machine decodes it best.
enum class NibbleOrder : std::uint8_t {
  natural,  // gfx950: element i at nibble i, for its conversion instruction
  bytes,    // gfx942: 0 .. 3 in the low nibbles of the bytes, 4 .. 7 in the high ones, for v_perm
  halves,  // sm_90a: even elements in the low half, odd ones in the high half, for shifts and masks
};

constexpr unsigned nibble_of(NibbleOrder order, unsigned i) {
  if (order == NibbleOrder::bytes) return i < 4 ? 2 * i : 2 * (i - 4) + 1;
  if (order == NibbleOrder::halves) return i % 2 * 4 + i / 2;
  return i;
}

}  // namespace switchyard::kernels::device
