#include "kernels/gpu/preshuffle.h"

#include <algorithm>
#include <cstring>

#include "kernels/mx/block.h"
#include "kernels/mx/scale.h"

namespace switchyard::kernels::gpu {
namespace {

using device::Fp4Order;
using device::kGroupColumns;
using device::kStripRows;

constexpr unsigned kRunCodes = 8;  // of a row, that stay together
constexpr unsigned kRunsABlock = mx::kBlock / kRunCodes;
constexpr unsigned kBlocksAGroup = kGroupColumns / mx::kBlock;

// Of each byte of eight codes, what it becomes.
struct ReorderTable {
  std::uint32_t of[4][256] = {};

  constexpr explicit ReorderTable(Fp4Order order) {
    for (unsigned bit = 0; bit < 32; ++bit) {
      const std::uint32_t to = std::uint32_t{1} << device::bit_of(order, bit / 4, bit % 4);
      for (unsigned byte = 0; byte < 256; ++byte) {
        if ((byte >> bit % 8) % 2 != 0) of[bit / 8][byte] |= to;
      }
    }
  }
};
constexpr ReorderTable kBytes(Fp4Order::bytes), kScattered(Fp4Order::scattered);

std::uint32_t reordered(std::uint32_t codes, Fp4Order order) {
  if (order == Fp4Order::natural) return codes;
  const auto& of = (order == Fp4Order::bytes ? kBytes : kScattered).of;
  return of[0][codes & 0xFF] | of[1][codes >> 8 & 0xFF] | of[2][codes >> 16 & 0xFF] |
         of[3][codes >> 24];
}

// The eight codes of a block that are `steps` of piece c: pairs of codes, eight columns apart.
std::uint64_t step_codes(const std::uint8_t* block, unsigned bits, unsigned c) {
  const unsigned mask = (1u << (2 * bits)) - 1;
  std::uint64_t codes = 0;
  for (unsigned pair = 0; pair < kRunCodes / 2; ++pair) {
    const unsigned column = device::column_of(device::Arrangement::steps, c, 2 * pair);
    const unsigned bit = column * bits;
    const unsigned last = (bit + 2 * bits - 1) / 8;
    const unsigned word = block[bit / 8] | static_cast<unsigned>(block[last])
                                               << 8 * (last - bit / 8);
    codes |= std::uint64_t{word >> bit % 8 & mask} << (2 * bits * pair);
  }
  return codes;
}

// Eight codes, `bits` bytes, to run `at` of the piece at `place`.
void put_run(const std::uint8_t* codes, unsigned at, unsigned place, unsigned bits, Fp4Order order,
             std::uint8_t* record) {
  if (bits == 4) {
    std::uint32_t word;
    std::memcpy(&word, codes, 4);
    word = reordered(word, order);
    std::memcpy(record + 16 * place + 4 * at, &word, 4);
    return;
  }
  for (unsigned i = 0; i < 6; ++i) {
    const unsigned byte = 6 * at + i;
    record[byte < 16 ? 16 * place + byte : 1024 + 8 * place + byte - 16] = codes[i];
  }
}

// The codes of one row in one group, `row` at the first of them, into the record.
void put_row(const std::uint8_t* row, unsigned blocks, unsigned r, unsigned bits,
             device::Arrangement arrangement, Fp4Order order, std::uint8_t* record) {
  for (unsigned block = 0; block < blocks; ++block) {
    for (unsigned run = 0; run < kRunsABlock; ++run) {
      const std::uint8_t* codes = row + (block * kRunsABlock + run) * bits;
      std::uint64_t gathered;
      if (arrangement == device::Arrangement::steps) {
        gathered = step_codes(row + block * kRunsABlock * bits, bits, run);
        codes = reinterpret_cast<const std::uint8_t*>(&gathered);
      }
      const bool blocks_a_piece = arrangement == device::Arrangement::blocks;
      const unsigned piece = blocks_a_piece ? block : run, at = blocks_a_piece ? run : block;
      put_run(codes, at, device::place_of(arrangement, piece, r), bits, order, record);
    }
  }
}

}  // namespace

Fp4Order fp4_order(std::string_view architecture) {
  if (architecture == "gfx950") return Fp4Order::natural;
  return architecture.substr(0, 3) == "gfx" ? Fp4Order::bytes : Fp4Order::scattered;
}

device::Arrangement packed_arrangement(std::string_view architecture) {
  if (architecture == "gfx950") return device::Arrangement::blocks;
  return architecture.substr(0, 3) == "gfx" ? device::Arrangement::runs
                                            : device::Arrangement::steps;
}

void append_fragments(const MxMatrix& matrix, std::size_t rows, std::size_t columns,
                      WeightFormat format, device::Arrangement arrangement, Fp4Order order,
                      Fragments& fragments) {
  const auto bits = static_cast<unsigned>(bits_of(format));
  const std::size_t row_bytes = mx::packed_bytes(columns, static_cast<int>(bits));
  const std::size_t row_blocks = columns / mx::kBlock;
  const std::size_t groups = device::groups_of(static_cast<unsigned>(columns));
  const std::size_t records = rows / kStripRows * groups;
  const std::size_t first_byte = fragments.elements.size(), first_word = fragments.scales.size();
  fragments.elements.resize(first_byte + records * device::record_bytes(bits));
  fragments.scales.resize(first_word + records * kStripRows);
  for (std::size_t row = 0; row < rows; ++row) {
    const std::uint8_t* elements = matrix.elements + row * matrix.row_step * row_bytes;
    const std::uint8_t* scales = matrix.scales + row * matrix.row_step * row_blocks;
    const auto r = static_cast<unsigned>(row % kStripRows);
    for (std::size_t group = 0; group < groups; ++group) {
      const std::size_t record = row / kStripRows * groups + group;
      const std::size_t block = group * kBlocksAGroup;
      const auto blocks =
          static_cast<unsigned>(std::min<std::size_t>(kBlocksAGroup, row_blocks - block));
      put_row(elements + block * mx::packed_bytes(mx::kBlock, static_cast<int>(bits)), blocks, r,
              bits, arrangement, order,
              fragments.elements.data() + first_byte + record * device::record_bytes(bits));
      std::uint32_t word = 0;
      for (unsigned q = 0; q < kBlocksAGroup; ++q) {
        const std::uint32_t scale = q < blocks ? scales[block + q] : mx::kScaleBias;
        word |= scale << (8 * q);
      }
      fragments.scales[first_word + record * kStripRows + r] = word;
    }
  }
}

std::vector<Bf16> bf16_records(const Bf16* matrix, std::size_t rows, std::size_t columns) {
  using device::kGroupColumns, device::kStripRows;
  const std::size_t strips = (rows + kStripRows - 1) / kStripRows;
  const std::size_t groups = device::groups_of(static_cast<unsigned>(columns));
  std::vector<Bf16> records(strips * groups * kStripRows * kGroupColumns);
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t column = 0; column < columns; ++column) {
      // Element 8 q + 4 j + 2 h + i of piece c of the row, columns being 32 q + 16 j + 8 h + 2 c +
      // i.
      const std::size_t k = column % kGroupColumns, r = row % kStripRows;
      const std::size_t place = 32 * (r / 8) + 4 * (r % 8) + k / 2 % 4;
      const std::size_t element = 4 * (k / 16 % 2) + 2 * (k / 8 % 2) + k % 2;
      const std::size_t record = row / kStripRows * groups + column / kGroupColumns;
      records[record * kStripRows * kGroupColumns + (64 * (k / 32) + place) * 8 + element] =
          matrix[row * columns + column];
    }
  }
  return records;
}

}  // namespace switchyard::kernels::gpu
