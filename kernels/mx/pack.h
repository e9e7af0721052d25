#pragma once

#include <cstddef>
#include <cstdint>

// How a row of element codes lies in bytes: a little-endian bit stream, element i in bits
// [i * bits, (i + 1) * bits). So two fp4 a byte, low nibble first; four fp6 in three bytes; one
// fp8 a byte. A row of n elements takes n * bits / 8 bytes, n a multiple of 32. The index of an
// element never depends on the machine's byte order. Device code compiles this too.
namespace switchyard::kernels::mx {

// Bytes of `count` packed elements of `bits` bits; count * bits must be a multiple of 8.
constexpr std::size_t packed_bytes(std::size_t count, int bits) {
  return count * static_cast<std::size_t>(bits) / 8;
}

// The code of element `index` of a packed row. Reads only the bytes that hold the element.
template <typename Format>
constexpr std::uint8_t load_code(const std::uint8_t* row, std::size_t index) {
  if constexpr (Format::bits == 8) {
    return row[index];
  } else {
    const std::size_t bit = index * static_cast<std::size_t>(Format::bits);
    const std::size_t byte = bit / 8;
    const unsigned offset = static_cast<unsigned>(bit % 8);
    unsigned word = row[byte];
    if (offset + static_cast<unsigned>(Format::bits) > 8) {
      word |= static_cast<unsigned>(row[byte + 1]) << 8;
    }
    return static_cast<std::uint8_t>((word >> offset) & ((1u << Format::bits) - 1u));
  }
}

// Replaces element `index` of a packed row; the bits of its neighbours stay.
template <typename Format>
constexpr void store_code(std::uint8_t* row, std::size_t index, std::uint8_t code) {
  if constexpr (Format::bits == 8) {
    row[index] = code;
  } else {
    constexpr unsigned mask = (1u << Format::bits) - 1u;
    const std::size_t bit = index * static_cast<std::size_t>(Format::bits);
    const std::size_t byte = bit / 8;
    const unsigned offset = static_cast<unsigned>(bit % 8);
    const unsigned value = (static_cast<unsigned>(code) & mask) << offset;
    row[byte] = static_cast<std::uint8_t>((row[byte] & ~(mask << offset)) | value);
    if (offset + static_cast<unsigned>(Format::bits) > 8) {
      row[byte + 1] =
          static_cast<std::uint8_t>((row[byte + 1] & ~((mask << offset) >> 8)) | (value >> 8));
    }
  }
}

// The 32 codes of one block, `Format::bits` * 4 bytes, one code a byte; and back.
template <typename Format>
constexpr void unpack_block(const std::uint8_t* packed, std::uint8_t* codes) {
  if constexpr (Format::bits == 4) {
    for (std::size_t i = 0; i < 16; ++i) {
      codes[2 * i] = packed[i] & 0xF;
      codes[2 * i + 1] = packed[i] >> 4;
    }
  } else if constexpr (Format::bits == 6) {
    for (std::size_t i = 0; i < 8; ++i) {
      const unsigned word = static_cast<unsigned>(packed[3 * i]) |
                            static_cast<unsigned>(packed[3 * i + 1]) << 8 |
                            static_cast<unsigned>(packed[3 * i + 2]) << 16;
      for (unsigned j = 0; j < 4; ++j) {
        codes[4 * i + j] = static_cast<std::uint8_t>((word >> (6 * j)) & 0x3Fu);
      }
    }
  } else {
    for (std::size_t i = 0; i < 32; ++i) codes[i] = packed[i];
  }
}

template <typename Format>
constexpr void pack_block(const std::uint8_t* codes, std::uint8_t* packed) {
  for (std::size_t i = 0; i < 32; ++i) store_code<Format>(packed, i, codes[i]);
}

}  // namespace switchyard::kernels::mx
