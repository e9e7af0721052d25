#include "kernels/gpu/tiles.h"

#include <algorithm>

#include "kernels/device/arguments.h"

namespace switchyard::kernels::gpu {

std::uint32_t Tiles::most(std::int64_t pairs, std::int64_t experts, std::int64_t block_m) {
  return static_cast<std::uint32_t>((pairs + std::min(experts, pairs) * (block_m - 1)) / block_m);
}

Expected<Tiles> Tiles::allocate(Device& device, const Shape& shape, std::uint32_t block_m,
                                std::int64_t tokens) {
  Tiles tiles;
  tiles.tokens_ = tokens;
  tiles.block_m_ = block_m;
  tiles.experts_ = shape.experts;
  tiles.top_k_ = shape.top_k;
  const auto experts = static_cast<std::size_t>(shape.experts);
  const std::size_t count = most(tokens * shape.top_k, shape.experts, block_m);
  const bool many = device::grouping_runs(static_cast<std::uint64_t>(tokens * shape.top_k),
                                          device::kGroupingWaves * device.info().wave) > 1;
  const struct {
    Memory* to;
    std::size_t words;
  } all[] = {{&tiles.counts, experts},
             {&tiles.tile_begin, experts + 1},
             {&tiles.tile_expert, count},
             {&tiles.tile_pairs, count * block_m},
             {&tiles.block_counts, many ? device::kMostRunsAtOnce * experts : 0}};
  for (const auto& [to, words] : all) {
    if (words == 0) continue;
    auto memory = Memory::allocate(device, words * sizeof(std::int32_t));
    if (!memory) return tl::unexpected(memory.error());
    *to = std::move(*memory);
  }
  return tiles;
}

}  // namespace switchyard::kernels::gpu
