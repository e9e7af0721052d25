#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "kernels/cpu/panel.h"
#include "kernels/cpu/row.h"

// The product by tiles of 16 x 32 bf16, over the few operations of `Tiles`: the instructions
// (products_amx.cpp), or a model of them (tests/kernels/amx_test.cpp).
//
//   Tiles(rows)                accumulators and activations of `rows` <= 16 rows
//   zero<t>()                  accumulator t, 0 .. 3
//   load_weights(from)         16 pair rows of 16 pairs, as a decoded panel has them
//   multiply<t>(from, stride)  accumulator t += the activations of a block, rows `stride` bytes
//                              apart, by the weights
//   store<t>(to)               [rows][16]
//
// Everything is in an unnamed namespace: its users are compiled for different processors.
namespace switchyard::kernels::cpu {
namespace {

// Blocks that are summed in tiles; their sums are added in float. So a decoded run stays in the
// first cache (16 KiB), and a chain of roundings is shorter than a row.
constexpr std::size_t kRunBlocks = 16;
constexpr std::size_t kTileRows = 16, kAccumulators = 4;
constexpr std::size_t kBlockPairs = mx::kBlock / 2 * kPanelRows * 2;  // bf16 of a decoded block

struct TileRows {
  const std::uint16_t* first;
  std::size_t stride;  // elements
};

// kCount tiles of `rows` rows each, times a run; added to `out` unless it is the first run.
template <typename Tiles, int kCount>
inline void run_of_tiles(Tiles& tiles, std::size_t rows, const std::uint16_t* weights,
                         std::size_t blocks, TileRows a, bool first_run, float* out) {
  const std::size_t stride_bytes = a.stride * sizeof(std::uint16_t);
  tiles.template zero<0>();
  if constexpr (kCount > 1) tiles.template zero<1>();
  if constexpr (kCount > 2) tiles.template zero<2>();
  if constexpr (kCount > 3) tiles.template zero<3>();
  for (std::size_t b = 0; b < blocks; ++b) {
    const std::uint16_t* at = a.first + b * mx::kBlock;
    tiles.load_weights(weights + b * kBlockPairs);
    tiles.template multiply<0>(at, stride_bytes);
    if constexpr (kCount > 1)
      tiles.template multiply<1>(at + 1 * kTileRows * a.stride, stride_bytes);
    if constexpr (kCount > 2)
      tiles.template multiply<2>(at + 2 * kTileRows * a.stride, stride_bytes);
    if constexpr (kCount > 3)
      tiles.template multiply<3>(at + 3 * kTileRows * a.stride, stride_bytes);
  }
  alignas(64) float sums[kCount][kTileRows * kPanelRows];
  tiles.template store<0>(sums[0]);
  if constexpr (kCount > 1) tiles.template store<1>(sums[1]);
  if constexpr (kCount > 2) tiles.template store<2>(sums[2]);
  if constexpr (kCount > 3) tiles.template store<3>(sums[3]);
  for (int t = 0; t < kCount; ++t) {
    float* to = out + static_cast<std::size_t>(t) * kTileRows * kPanelRows;
    for (std::size_t i = 0; i < rows * kPanelRows; ++i) {
      to[i] = first_run ? sums[t][i] : to[i] + sums[t][i];
    }
  }
}

// `run(first, blocks)` gives the decoded weights of blocks first .. first + blocks - 1, until it is
// called again. Rows are equally far apart.
template <typename Tiles, typename Run>
inline void amx_product(std::size_t blocks, const Row* rows, std::size_t count, float* out,
                        const Run& run) {
  const std::size_t stride =
      count > 1 ? static_cast<std::size_t>(rows[1].bf16 - rows[0].bf16) : blocks * mx::kBlock;
  const std::size_t whole = count / kTileRows, rest = count % kTileRows;
  for (std::size_t first = 0; first < blocks; first += kRunBlocks) {
    const std::size_t some = std::min(kRunBlocks, blocks - first);
    const std::uint16_t* weights = run(first, some);
    const auto at = [&](std::size_t tile) {
      return TileRows{rows[0].bf16 + tile * kTileRows * stride + first * mx::kBlock, stride};
    };
    const auto to = [&](std::size_t tile) { return out + tile * kTileRows * kPanelRows; };
    if (whole > 0) {
      Tiles tiles(kTileRows);
      std::size_t tile = 0;
      for (; tile + kAccumulators <= whole; tile += kAccumulators) {
        run_of_tiles<Tiles, 4>(tiles, kTileRows, weights, some, at(tile), first == 0, to(tile));
      }
      for (; tile < whole; ++tile) {
        run_of_tiles<Tiles, 1>(tiles, kTileRows, weights, some, at(tile), first == 0, to(tile));
      }
    }
    if (rest > 0) {
      Tiles tiles(rest);
      run_of_tiles<Tiles, 1>(tiles, rest, weights, some, at(whole), first == 0, to(whole));
    }
  }
}

}  // namespace
}  // namespace switchyard::kernels::cpu
