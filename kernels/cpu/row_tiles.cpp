#include "kernels/cpu/row_tiles.h"

#include <cstring>

#include "kernels/cpu/panel.h"

namespace switchyard::kernels::cpu {

void pack_rows(std::span<const Row> rows, std::size_t blocks, std::vector<std::uint16_t>& packed) {
  const std::size_t tiles = (rows.size() + kRowTile - 1) / kRowTile;
  packed.resize(tiles * blocks * kRowTile * mx::kBlock);
  for (std::size_t m = 0; m < rows.size(); ++m) {
    std::uint16_t* to =
        packed.data() + (m / kRowTile * blocks * kRowTile + m % kRowTile) * mx::kBlock;
    for (std::size_t b = 0; b < blocks; ++b) {
      std::memcpy(to + b * kRowTile * mx::kBlock, rows[m].bf16 + b * mx::kBlock,
                  mx::kBlock * sizeof(std::uint16_t));
    }
  }
}

}  // namespace switchyard::kernels::cpu
