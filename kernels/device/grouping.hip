// Pairs sorted by expert, padded to tiles of block_m. A pair is token * k + rank.
//
//   count_pairs   counts[e] = pairs of expert e
//   place_pairs   tiles(e) = ceil(counts[e] / block_m); tile_begin[e] = sum of tiles below e; the pairs of e
//                 in ascending order fill the rows of its tiles, -1 those that are left
//
// Grid x = E, a workgroup an expert, each of which reads all pairs: no atomic operation, so the order is
// always the same. LDS: a word a wave.
#include "kernels/device/arguments.h"
#include "kernels/device/vocabulary/workgroup.h"

namespace switchyard::kernels::device::inline SWITCHYARD_MODEL {
namespace {

constexpr unsigned kPairsAThread = 8;  // consecutive ones, of a round

SWITCHYARD_DEVICE bool is_of(const Group& argument, unsigned pair, unsigned expert) {
  return pair < argument.pairs &&
         argument.experts_picked[pair] == static_cast<std::int32_t>(expert);
}

}  // namespace

SWITCHYARD_KERNEL(switchyard_count_pairs, Group) {
  const WaveTotals totals(0, kWorkgroupWaves);
  const unsigned expert = workgroup_x();
  std::uint32_t count = 0;
  for (unsigned pair = thread(); pair < argument.pairs; pair += kThreads) {
    count += is_of(argument, pair, expert) ? 1 : 0;
  }
  const std::uint32_t all = workgroup_sum(count, totals);
  if (thread() == 0) argument.counts[expert] = all;
}

SWITCHYARD_KERNEL(switchyard_place_pairs, Group) {
  const WaveTotals totals(0, kWorkgroupWaves);
  const unsigned expert = workgroup_x(), block_m = argument.block_m;
  std::uint32_t below = 0;
  for (unsigned e = thread(); e < expert; e += kThreads) {
    below += (argument.counts[e] + block_m - 1) / block_m;
  }
  const std::uint32_t begin = workgroup_sum(below, totals);
  const std::uint32_t count = argument.counts[expert], tiles = (count + block_m - 1) / block_m;
  if (thread() == 0) {
    argument.tile_begin[expert] = begin;
    if (expert == argument.experts - 1) argument.tile_begin[expert + 1] = begin + tiles;
  }
  if (count == 0) return;
  for (unsigned tile = thread(); tile < tiles; tile += kThreads) {
    argument.tile_expert[begin + tile] = static_cast<std::int32_t>(expert);
  }
  std::int32_t* rows = argument.tile_pairs + std::size_t{begin} * block_m;
  for (unsigned row = count + thread(); row < tiles * block_m; row += kThreads) rows[row] = -1;

  std::uint32_t placed = 0;
  for (unsigned first = 0; first < argument.pairs; first += kThreads * kPairsAThread) {
    const unsigned own = first + thread() * kPairsAThread;
    std::uint32_t mine = 0;
    for (unsigned i = 0; i < kPairsAThread; ++i) {
      mine |= (is_of(argument, own + i, expert) ? 1u : 0u) << i;
    }
    const auto found = static_cast<std::uint32_t>(__builtin_popcount(mine));
    const SumBelow sum = workgroup_sum_below(found, totals);
    std::uint32_t row = placed + sum.below;
    for (unsigned i = 0; i < kPairsAThread; ++i) {
      if ((mine >> i) % 2 != 0) rows[row++] = static_cast<std::int32_t>(own + i);
    }
    placed += sum.all;
  }
}

}  // namespace switchyard::kernels::device::inline SWITCHYARD_MODEL
