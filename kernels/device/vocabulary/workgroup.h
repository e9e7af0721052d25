#pragma once

#include "kernels/device/vocabulary/memory.h"
#include "kernels/device/vocabulary/thread.h"

// Sums over a workgroup, through a word of LDS a wave. Both end with a barrier: their LDS is free.
namespace switchyard::kernels::device::inline SWITCHYARD_MODEL {

// A word for each wave of the workgroup.
using WaveTotals = Lds<std::uint32_t>;

// Every thread gets the sum.
SWITCHYARD_DEVICE std::uint32_t workgroup_sum(std::uint32_t value, const WaveTotals& totals) {
  const std::uint32_t sum = wave_sum(value);
  if (lane() == 0) totals.store(wave(), sum);
  barrier();
  std::uint32_t all = 0;
  for (unsigned w = 0; w < kWorkgroupWaves; ++w) all += totals.load(w);
  barrier();
  return all;
}

struct SumBelow {
  std::uint32_t below;  // over the threads below this one
  std::uint32_t all;
};

SWITCHYARD_DEVICE SumBelow workgroup_sum_below(std::uint32_t value, const WaveTotals& totals,
                                               unsigned waves = kWorkgroupWaves) {
  const std::uint32_t below = wave_sum_below(value);
  if (lane() == kWave - 1) totals.store(wave(), below + value);
  barrier();
  SumBelow sum = {below, 0};
  for (unsigned w = 0; w < waves; ++w) {
    if (w < wave()) sum.below += totals.load(w);
    sum.all += totals.load(w);
  }
  barrier();
  return sum;
}

}  // namespace switchyard::kernels::device::inline SWITCHYARD_MODEL
