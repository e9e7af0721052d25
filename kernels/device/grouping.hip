// Pairs sorted by expert, padded to tiles of block_m. A pair is token * k + rank.
//
//   counts[e] = pairs of expert e
//   tiles(e) = ceil(counts[e] / block_m); tile_begin[e] = sum of tiles below e; the pairs of e in
//   ascending order fill the rows of its tiles, -1 those that are left
//
// group_pairs does it in one workgroup, where its LDS holds it: each wave counts its run of pairs,
// lanes of one expert finding each other; then counts are added over waves. Grid x = 1.
// LDS: a word for each wave and expert, two words an expert, a word a wave, half a word a pair.
//
// For more, count_pairs and place_pairs: grid x = E, a workgroup an expert, each of which reads all
// pairs. LDS: a word a wave.
//
// No atomic operation, so the order is always the same.
#include "kernels/device/arguments.h"
#include "kernels/device/vocabulary/workgroup.h"

namespace switchyard::kernels::device::inline SWITCHYARD_MODEL {
namespace {

constexpr unsigned kPairsAThread = 8;  // consecutive ones, of a round

SWITCHYARD_DEVICE bool is_of(const Group& argument, unsigned pair, unsigned expert) {
  return pair < argument.pairs &&
         argument.experts_picked[pair] == static_cast<std::int32_t>(expert);
}

// What group_pairs has in LDS.
class Counts {
 public:
  SWITCHYARD_MEMBER explicit Counts(const Group& argument)
      : experts_(argument.experts),
        of_waves_(0, kGroupingWaves * experts_),
        first_rows_(kGroupingWaves * experts_ * 4, experts_),
        all_((kGroupingWaves + 1) * experts_ * 4, experts_),
        totals((kGroupingWaves + 2) * experts_ * 4, kGroupingWaves),
        ranks(((kGroupingWaves + 2) * experts_ + kGroupingWaves) * 4, argument.pairs) {}

  SWITCHYARD_MEMBER std::uint32_t of(unsigned wave, unsigned expert) const {
    return of_waves_.load(wave * experts_ + expert);
  }
  SWITCHYARD_MEMBER void set(unsigned wave, unsigned expert, std::uint32_t count) const {
    of_waves_.store(wave * experts_ + expert, count);
  }
  // Over all waves.
  SWITCHYARD_MEMBER std::uint32_t all(unsigned expert) const { return all_.load(expert); }
  SWITCHYARD_MEMBER void set_all(unsigned expert, std::uint32_t count) const {
    all_.store(expert, count);
  }
  SWITCHYARD_MEMBER std::uint32_t first_row(unsigned expert) const {
    return first_rows_.load(expert);
  }
  SWITCHYARD_MEMBER void set_first_row(unsigned expert, std::uint32_t row) const {
    first_rows_.store(expert, row);
  }

 private:
  unsigned experts_;
  Lds<std::uint32_t> of_waves_, first_rows_, all_;

 public:
  WaveTotals totals;
  Lds<std::uint16_t>
      ranks;  // of a pair its expert, then its rank among those of its wave and expert
};

// The experts of several pairs, all on their way at once: `step` apart, -1 past the last.
constexpr unsigned kAtOnce = 8;
struct Picked {
  std::int32_t of[kAtOnce];

  SWITCHYARD_MEMBER Picked(const Group& argument, unsigned first, unsigned step) {
#pragma unroll
    for (unsigned i = 0; i < kAtOnce; ++i) {
      const unsigned pair = first + i * step;
      of[i] = pair < argument.pairs ? argument.experts_picked[pair] : -1;
    }
  }
};

// Counts the wave's pairs, first .. first + count - 1.
SWITCHYARD_DEVICE void count_wave(const Group& argument, const Counts& counts, unsigned first,
                                  unsigned count) {
  for (unsigned e = lane(); e < argument.experts; e += kWave) counts.set(wave(), e, 0);
  // The ranks are to take their places.
  for (unsigned pair = first + lane(); pair < first + count; pair += kAtOnce * kWave) {
    const Picked experts(argument, pair, kWave);
#pragma unroll
    for (unsigned i = 0; i < kAtOnce; ++i) {
      const unsigned own = pair + i * kWave;
      if (own < first + count && own < argument.pairs) {
        counts.ranks.store(own, static_cast<std::uint16_t>(experts.of[i]));
      }
    }
  }
  wave_sync();
  const auto bits = 32 - static_cast<unsigned>(__builtin_clz(argument.experts));
  const std::uint64_t below = (std::uint64_t{1} << lane()) - 1;
  for (unsigned pair = first + lane(); pair - lane() < first + count; pair += kWave) {
    const bool there = pair < argument.pairs;
    const unsigned expert = there ? counts.ranks.load(pair) : argument.experts;
    const std::uint64_t peers = wave_peers(expert, bits);
    const std::uint32_t before = there ? counts.of(wave(), expert) : 0u;
    const auto rank = static_cast<unsigned>(__builtin_popcountll(peers & below));
    if (there) counts.ranks.store(pair, static_cast<std::uint16_t>(before + rank));
    wave_sync();
    if (there && rank == 0) {
      counts.set(wave(), expert, before + static_cast<unsigned>(__builtin_popcountll(peers)));
    }
    wave_sync();
  }
}

// Of an expert: adds over the waves, so that each has the count of those below it.
SWITCHYARD_DEVICE std::uint32_t add_waves(const Counts& counts, unsigned expert) {
  std::uint32_t of_waves[kGroupingWaves];
#pragma unroll
  for (unsigned w = 0; w < kGroupingWaves; ++w) of_waves[w] = counts.of(w, expert);
  std::uint32_t all = 0;
#pragma unroll
  for (unsigned w = 0; w < kGroupingWaves; ++w) {
    counts.set(w, expert, all);
    all += of_waves[w];
  }
  return all;
}

}  // namespace

SWITCHYARD_KERNEL_OF_WAVES(switchyard_group_pairs, Group, kGroupingWaves) {
  constexpr unsigned kGroupingThreads = kGroupingWaves * kWave;
  const Counts counts(argument);
  const unsigned experts = argument.experts, pairs = argument.pairs, block_m = argument.block_m;
  const unsigned of_wave = (pairs + kGroupingThreads - 1) / kGroupingThreads * kWave;
  const unsigned first = wave() * of_wave;
  count_wave(argument, counts, first, first < pairs ? of_wave : 0);
  barrier();
  std::uint32_t begin = 0;
  for (unsigned from = 0; from < experts; from += kGroupingThreads) {
    const unsigned expert = from + thread();
    const std::uint32_t count = expert < experts ? add_waves(counts, expert) : 0;
    const std::uint32_t tiles = (count + block_m - 1) / block_m;
    const SumBelow sum = workgroup_sum_below(tiles, counts.totals, kGroupingWaves);
    const std::uint32_t tile = begin + sum.below;
    begin += sum.all;
    if (expert >= experts) continue;
    argument.counts[expert] = count;
    argument.tile_begin[expert] = tile;
    counts.set_first_row(expert, tile * block_m);
    for (unsigned i = 0; i < tiles; ++i) {
      argument.tile_expert[tile + i] = static_cast<std::int32_t>(expert);
    }
    counts.set_all(expert, count);
  }
  if (thread() == 0) argument.tile_begin[experts] = begin;
  barrier();
  for (unsigned expert = wave(); expert < experts; expert += kGroupingWaves) {
    const std::uint32_t count = counts.all(expert);
    std::int32_t* const rows = argument.tile_pairs + counts.first_row(expert);
    for (unsigned row = count + lane(); row < (count + block_m - 1) / block_m * block_m;
         row += kWave) {
      rows[row] = -1;
    }
  }
  for (unsigned from = thread(); from < pairs; from += kAtOnce * kGroupingThreads) {
    const Picked picked(argument, from, kGroupingThreads);
#pragma unroll
    for (unsigned i = 0; i < kAtOnce; ++i) {
      if (picked.of[i] < 0) continue;
      const unsigned pair = from + i * kGroupingThreads;
      const auto expert = static_cast<unsigned>(picked.of[i]);
      const std::uint32_t row =
          counts.first_row(expert) + counts.of(pair / of_wave, expert) + counts.ranks.load(pair);
      argument.tile_pairs[row] = static_cast<std::int32_t>(pair);
    }
  }
}

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
