#pragma once

#include "kernels/gpu/memory.h"
#include "kernels/moe/layer.h"

namespace switchyard::kernels::gpu {

// The pairs of a batch sorted by expert into tiles of block_m rows, in the device's memory: what
// `Layer::group` writes and `Layer::run` reads. One set for each batch that is under way.
class Tiles {
 public:
  // For batches of up to `tokens`. The device must outlive it.
  static Expected<Tiles> allocate(Device& device, const Shape& shape, std::uint32_t block_m,
                                  std::int64_t tokens);

  // Tiles of `pairs` on at most `experts` experts, whatever the routing.
  static std::uint32_t most(std::int64_t pairs, std::int64_t experts, std::int64_t block_m);

  std::int64_t tokens() const { return tokens_; }  // at most
  std::uint32_t block_m() const { return block_m_; }
  // Of the layers that they are for.
  std::int64_t experts() const { return experts_; }
  std::int64_t top_k() const { return top_k_; }

  Memory counts;      // [E] pairs of each expert
  Memory tile_begin;  // [E + 1] the first tile of each expert, then their number
  Memory tile_expert;
  Memory tile_pairs;    // [tiles, block_m], -1 past the last
  Memory block_counts;  // what `Layer::group` counts of many pairs; empty where they are few

 private:
  std::int64_t tokens_ = 0, experts_ = 0, top_k_ = 0;
  std::uint32_t block_m_ = 0;
};

}  // namespace switchyard::kernels::gpu
