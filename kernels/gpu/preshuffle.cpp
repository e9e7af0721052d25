#include "kernels/gpu/preshuffle.h"

#include <algorithm>
#include <cstring>

#include "kernels/mx/block.h"
#include "kernels/mx/scale.h"

namespace switchyard::kernels::gpu {
namespace {

using device::kGroupColumns;
using device::kStripRows;
using device::NibbleOrder;

constexpr unsigned kRunCodes = 8;  // of a row, that stay together
constexpr unsigned kRunsABlock = mx::kBlock / kRunCodes;
constexpr unsigned kBlocksAGroup = kGroupColumns / mx::kBlock;

std::uint32_t reordered(std::uint32_t codes, NibbleOrder order) {
  if (order == NibbleOrder::natural) return codes;
  std::uint32_t result = 0;
  for (unsigned i = 0; i < kRunCodes; ++i) {
    result |= (codes >> (4 * i) & 0xFu) << (4 * device::nibble_of(order, i));
  }
  return result;
}

// Eight codes, `bits` bytes, to run `at` of the piece at `place`.
void put_run(const std::uint8_t* codes, unsigned at, unsigned place, unsigned bits,
             NibbleOrder order, std::uint8_t* record) {
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
             device::Arrangement arrangement, NibbleOrder order, std::uint8_t* record) {
  for (unsigned block = 0; block < blocks; ++block) {
    for (unsigned run = 0; run < kRunsABlock; ++run) {
      const std::uint8_t* codes = row + (block * kRunsABlock + run) * bits;
      const bool runs = arrangement == device::Arrangement::runs;
      const unsigned piece = runs ? run : block, at = runs ? block : run;
      put_run(codes, at, piece * kStripRows + r, bits, order, record);
    }
  }
}

}  // namespace

NibbleOrder nibble_order(std::string_view architecture) {
  if (architecture == "gfx950") return NibbleOrder::natural;
  return architecture.substr(0, 3) == "gfx" ? NibbleOrder::bytes : NibbleOrder::halves;
}

device::Arrangement packed_arrangement(std::string_view architecture) {
  return architecture == "gfx950" ? device::Arrangement::blocks : device::Arrangement::runs;
}

void append_fragments(const MxMatrix& matrix, std::size_t rows, std::size_t columns,
                      WeightFormat format, device::Arrangement arrangement, NibbleOrder order,
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

}  // namespace switchyard::kernels::gpu
