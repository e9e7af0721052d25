// Pairs sorted by expert, padded to tiles of block_m. A pair is token * k + rank.
//
//   counts[e] = pairs of expert e
//   tiles(e) = ceil(counts[e] / block_m); tile_begin[e] = sum of tiles below e; the pairs of e in
//   ascending order fill the rows of its tiles, -1 those that are left
//
// A counting sort in one launch: each workgroup of group_pairs counts all pairs, those before its
// own apart, and places its own, so none waits for another. Where pairs are many, count_pairs
// counts those of each workgroup first. Grids: grouping_grid.h. LDS: three words and a half word a
// wave for each expert.
//
// What is added atomically are counts, so the order is always the same.
#include "kernels/device/grouping_grid.h"
#include "kernels/device/vocabulary/memory.h"
#include "kernels/device/vocabulary/thread.h"

namespace switchyard::kernels::device::inline SWITCHYARD_MODEL {
namespace {

constexpr unsigned kGroupingThreads = kGroupingWaves * kWave;
using Counters = Lds<std::uint32_t>;

// What group_pairs has in LDS.
class Counts {
 public:
  SWITCHYARD_MEMBER explicit Counts(unsigned experts)
      : below(0, experts),
        others(below.end(), experts),
        first_tiles(others.end(), experts),
        experts_(experts),
        of_waves_(first_tiles.end(), kGroupingWaves * experts) {}

  SWITCHYARD_MEMBER void clear() const {
    for (unsigned e = thread(); e < experts_; e += kGroupingThreads) {
      below.store(e, 0);
      others.store(e, 0);
    }
    clear_waves();
  }
  SWITCHYARD_MEMBER void clear_waves() const {
    for (unsigned i = thread(); i < kGroupingWaves * experts_; i += kGroupingThreads) {
      of_waves_.store(i, 0);
    }
  }
  SWITCHYARD_MEMBER std::uint32_t all(unsigned expert) const {
    return below.load(expert) + others.load(expert);
  }
  SWITCHYARD_MEMBER std::uint32_t tiles(unsigned expert, unsigned block_m) const {
    return (all(expert) + block_m - 1) / block_m;
  }
  // Of a wave's pairs of the run.
  SWITCHYARD_MEMBER std::uint32_t of(unsigned wave, unsigned expert) const {
    return of_waves_.load(wave * experts_ + expert);
  }
  SWITCHYARD_MEMBER void set(unsigned wave, unsigned expert, std::uint32_t count) const {
    of_waves_.store(wave * experts_ + expert, static_cast<std::uint16_t>(count));
  }

  // Of each expert the pairs before this run and all others; its first tile.
  Counters below, others, first_tiles;

 private:
  unsigned experts_;
  Lds<std::uint16_t> of_waves_;
};

// Adds pairs first .. last - 1 to a count of their experts. Several are on their way at once.
SWITCHYARD_DEVICE void count(const Group& argument, unsigned first, unsigned last,
                             const Counters& counters) {
  constexpr unsigned kAtOnce = 8;
  for (unsigned from = first + thread(); from < last; from += kAtOnce * kGroupingThreads) {
    std::int32_t experts[kAtOnce];
#pragma unroll
    for (unsigned i = 0; i < kAtOnce; ++i) {
      const unsigned pair = from + i * kGroupingThreads;
      experts[i] = pair < last ? argument.experts_picked[pair] : -1;
    }
#pragma unroll
    for (unsigned i = 0; i < kAtOnce; ++i) {
      if (experts[i] >= 0) counters.add(static_cast<unsigned>(experts[i]), 1);
    }
  }
}

// The same of what count_pairs counted for workgroups first .. last - 1.
SWITCHYARD_DEVICE void add_blocks(const Group& argument, unsigned first, unsigned last,
                                  const Counters& counters) {
  const unsigned experts = argument.experts;
#pragma unroll 8
  for (unsigned i = first * experts + thread(); i < last * experts; i += kGroupingThreads) {
    counters.add(i % experts, argument.block_counts[i]);
  }
}

// The rows of the experts, by one wave; of workgroup 0 it writes what is known of each. A lane has
// as many consecutive experts as the others.
SWITCHYARD_DEVICE void place_experts(const Group& argument, const Counts& counts) {
  const unsigned experts = argument.experts, block_m = argument.block_m;
  const unsigned of_lane = (experts + kWave - 1) / kWave, first = lane() * of_lane;
  const bool writes = workgroup_x() == 0;
  std::uint32_t tiles = 0;
#pragma unroll 4
  for (unsigned e = first; e < first + of_lane && e < experts; ++e) {
    tiles += counts.tiles(e, block_m);
  }
  std::uint32_t tile = wave_sum_below(tiles);
  if (writes && lane() == kWave - 1) argument.tile_begin[experts] = tile + tiles;
#pragma unroll 4
  for (unsigned e = first; e < first + of_lane && e < experts; ++e) {
    counts.first_tiles.store(e, tile);
    if (writes) {
      argument.counts[e] = counts.all(e);
      argument.tile_begin[e] = tile;
    }
    tile += counts.tiles(e, block_m);
  }
}

// Of some experts the tiles' expert and the rows that are left; every workgroup has its own.
SWITCHYARD_DEVICE void write_tiles(const Group& argument, const Counts& counts,
                                   unsigned workgroups) {
  const unsigned block_m = argument.block_m;
  for (unsigned expert = wave() * workgroups + workgroup_x(); expert < argument.experts;
       expert += kGroupingWaves * workgroups) {
    const std::uint32_t pairs = counts.all(expert), tiles = counts.tiles(expert, block_m);
    const std::uint32_t first_tile = counts.first_tiles.load(expert);
    for (unsigned i = lane(); i < tiles; i += kWave) {
      argument.tile_expert[first_tile + i] = static_cast<std::int32_t>(expert);
    }
    for (unsigned row = pairs + lane(); row < tiles * block_m; row += kWave) {
      argument.tile_pairs[first_tile * block_m + row] = -1;
    }
  }
}

}  // namespace

SWITCHYARD_KERNEL_OF_WAVES(switchyard_count_pairs, Group, kGroupingWaves) {
  const Counters counters(0, argument.experts);
  const unsigned experts = argument.experts, of_workgroup = grouping_pairs(argument.runs, kWave);
  for (unsigned e = thread(); e < experts; e += kGroupingThreads) counters.store(e, 0);
  barrier();
  const unsigned first = workgroup_x() * of_workgroup, left = argument.pairs - first;
  count(argument, first, first + (left < of_workgroup ? left : of_workgroup), counters);
  barrier();
  for (unsigned e = thread(); e < experts; e += kGroupingThreads) {
    argument.block_counts[workgroup_x() * experts + e] = counters.load(e);
  }
}

SWITCHYARD_KERNEL_OF_WAVES(switchyard_group_pairs, Group, kGroupingWaves) {
  const Counts counts(argument.experts);
  const unsigned pairs = argument.pairs, runs = argument.runs;
  const unsigned placing = placing_workgroups(pairs, runs, kWave);
  // Its own pairs; a workgroup past those that place has none.
  const bool places = workgroup_x() < placing;
  const unsigned first = places ? workgroup_x() * grouping_pairs(runs, kWave) : pairs;
  const std::uint64_t lanes_below = (std::uint64_t{1} << lane()) - 1;
  const auto bits = 32 - static_cast<unsigned>(__builtin_clz(argument.experts));
  const auto expert_of = [&] SWITCHYARD_INLINE(unsigned run) {
    const unsigned pair = first + run * kGroupingThreads + thread();
    return pair < pairs ? static_cast<unsigned>(argument.experts_picked[pair]) : argument.experts;
  };
  unsigned expert =
      expert_of(0);  // of the thread's pair of the run; argument.experts past the last
  counts.clear();
  barrier();
  if (argument.block_counts == nullptr) {
    count(argument, 0, first, counts.below);
    count(argument, first, pairs, counts.others);
  } else {
    const unsigned own = places ? workgroup_x() : placing;
    add_blocks(argument, 0, own, counts.below);
    add_blocks(argument, own, placing, counts.others);
  }
  for (unsigned run = 0; run < runs; ++run) {
    const std::uint64_t peers = wave_peers(expert, bits);
    const auto rank = static_cast<unsigned>(__builtin_popcountll(peers & lanes_below));
    const auto of_wave = static_cast<unsigned>(__builtin_popcountll(peers));
    const bool there = expert < argument.experts;
    if (there && rank == 0) counts.set(wave(), expert, of_wave);
    barrier();
    if (run == 0) {
      if (wave() == 0) place_experts(argument, counts);
      barrier();
    }
    if (there) {
      std::uint32_t row =
          counts.first_tiles.load(expert) * argument.block_m + counts.below.load(expert) + rank;
#pragma unroll
      for (unsigned w = 0; w + 1 < kGroupingWaves; ++w)
        row += w < wave() ? counts.of(w, expert) : 0;
      argument.tile_pairs[row] =
          static_cast<std::int32_t>(first + run * kGroupingThreads + thread());
    }
    if (run == 0) {
      write_tiles(argument, counts, grouping_workgroups(pairs, argument.experts, runs, kWave));
    }
    if (run + 1 == runs || !places) break;
    barrier();
    if (there && rank == 0) counts.below.add(expert, of_wave);
    counts.clear_waves();
    expert = expert_of(run + 1);
    barrier();
  }
}

}  // namespace switchyard::kernels::device::inline SWITCHYARD_MODEL
