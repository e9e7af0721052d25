#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "kernels/cpu/panel.h"

// The product by tiles of 16 x 32 bf16, over the few operations of `Tiles`: the instructions
// (products_amx.cpp), or a model of them (tests/kernels/amx_test.cpp).
//
//   Tiles(rows0, rows1)  two row tiles of that many rows, 1 to 16
//   zero<m, p>()         the accumulator of row tile m and panel p
//   load_weights<p>(at)  a decoded block of panel p: 16 pair rows of 16 pairs
//   load_rows<m>(at)     a block of row tile m: [16][32]
//   multiply<m, p>()     accumulator m, p += row tile m by panel p
//   store<m, p>(to)      [rows of m][16]
//
// Everything is in an unnamed
// namespace: its users are compiled for different processors.
namespace switchyard::kernels::cpu {
namespace {

// Blocks that are summed in tiles; their sums are added in float. So a decoded run of two panels
// and two row tiles stay in the first cache (32 KiB), and a chain of roundings is short.
constexpr std::size_t kRunBlocks = 8;
constexpr std::size_t kBlockPairs = mx::kBlock / 2 * kPanelRows * 2;  // bf16 of a decoded block

template <typename Tiles>
inline void zero_all(Tiles& tiles) {
  tiles.template zero<0, 0>();
  tiles.template zero<0, 1>();
  tiles.template zero<1, 0>();
  tiles.template zero<1, 1>();
}

// Two row tiles by two panels: each loaded tile is multiplied twice.
template <typename Tiles>
inline void two_row_tiles(Tiles& tiles, const std::uint16_t* const* weights, std::size_t blocks,
                          const std::uint16_t* const* a) {
  zero_all(tiles);
  for (std::size_t b = 0; b < blocks; ++b) {
    tiles.template load_weights<0>(weights[0] + b * kBlockPairs);
    tiles.template load_rows<0>(a[0] + b * kRowTile * mx::kBlock);
    tiles.template multiply<0, 0>();
    tiles.template load_weights<1>(weights[1] + b * kBlockPairs);
    tiles.template multiply<0, 1>();
    tiles.template load_rows<1>(a[1] + b * kRowTile * mx::kBlock);
    tiles.template multiply<1, 0>();
    tiles.template multiply<1, 1>();
  }
}

// One row tile by two panels, even and odd blocks in accumulators of their own: a product waits for
// the last one of its accumulator.
template <typename Tiles>
inline void one_row_tile(Tiles& tiles, const std::uint16_t* const* weights, std::size_t blocks,
                         const std::uint16_t* a) {
  zero_all(tiles);
  for (std::size_t b = 0; b < blocks; b += 2) {
    tiles.template load_weights<0>(weights[0] + b * kBlockPairs);
    tiles.template load_rows<0>(a + b * kRowTile * mx::kBlock);
    tiles.template multiply<0, 0>();
    tiles.template load_weights<1>(weights[1] + b * kBlockPairs);
    tiles.template multiply<0, 1>();
    if (b + 1 == blocks) break;
    tiles.template load_weights<0>(weights[0] + (b + 1) * kBlockPairs);
    tiles.template load_rows<1>(a + (b + 1) * kRowTile * mx::kBlock);
    tiles.template multiply<1, 0>();
    tiles.template load_weights<1>(weights[1] + (b + 1) * kBlockPairs);
    tiles.template multiply<1, 1>();
  }
}

// Adds `rows` rows of sums to `to`, or writes them there.
inline void add(const float* sums, std::size_t rows, bool first_run, float* to) {
  for (std::size_t i = 0; i < rows * kPanelRows; ++i) to[i] = first_run ? sums[i] : to[i] + sums[i];
}

// `rows` are `count` rows of activations as pack_rows (row_tiles.h) lays them out. `run(p, first,
// blocks)` gives the decoded weights of blocks first .. first + blocks - 1 of panel p, until it is
// called again for that panel.
template <typename Tiles, typename Run>
inline void amx_product(std::size_t blocks, const std::uint16_t* rows, std::size_t count,
                        float* const* out, const Run& run) {
  for (std::size_t first = 0; first < blocks; first += kRunBlocks) {
    const std::size_t some = std::min(kRunBlocks, blocks - first);
    const std::uint16_t* const weights[2] = {run(0, first, some), run(1, first, some)};
    for (std::size_t m = 0; m < count; m += 2 * kRowTile) {
      const std::size_t left = count - m;
      const std::size_t rows0 = std::min(left, kRowTile);
      const std::size_t rows1 = std::min(left - rows0, kRowTile);
      const std::uint16_t* const at[2] = {
          rows + (m * blocks + first * kRowTile) * mx::kBlock,
          rows + ((m + kRowTile) * blocks + first * kRowTile) * mx::kBlock};
      alignas(64) float sums[2][2][kRowTile * kPanelRows];
      Tiles tiles(rows0, rows1 > 0 ? rows1 : rows0);
      if (rows1 > 0) {
        two_row_tiles(tiles, weights, some, at);
      } else {
        one_row_tile(tiles, weights, some, at[0]);
      }
      tiles.template store<0, 0>(sums[0][0]);
      tiles.template store<0, 1>(sums[0][1]);
      tiles.template store<1, 0>(sums[1][0]);
      tiles.template store<1, 1>(sums[1][1]);
      for (int p = 0; p < 2; ++p) {
        add(sums[0][p], rows0, first == 0, out[p] + m * kPanelRows);
        if (rows1 > 0) {
          add(sums[1][p], rows1, first == 0, out[p] + (m + kRowTile) * kPanelRows);
        } else {
          add(sums[1][p], rows0, false, out[p] + m * kPanelRows);
        }
      }
    }
  }
}

}  // namespace
}  // namespace switchyard::kernels::cpu
