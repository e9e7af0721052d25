#pragma once

#include <cstdint>

#include "kernels/device/arguments.h"
#include "kernels/device/vocabulary/target.h"
#if defined(SWITCHYARD_HOST)
#include "kernels/device/host/wave.h"
#endif

// Who acts: a lane of a wave of a workgroup of a grid. Workgroups are one-dimensional, grids have
// three. A wave operation (shuffle, reduction, matrix) and a barrier must be reached by all lanes
// of the wave, or threads of the workgroup; the host executor reports any other use.
namespace switchyard::kernels::device::inline SWITCHYARD_MODEL {

inline constexpr unsigned kWave = SWITCHYARD_WAVE;             // lanes
inline constexpr unsigned kThreads = kWorkgroupWaves * kWave;  // of a workgroup

SWITCHYARD_DEVICE unsigned thread() {
#if defined(__AMDGCN__)
  return __builtin_amdgcn_workitem_id_x();
#elif defined(__NVPTX__)
  return __nvvm_read_ptx_sreg_tid_x();
#else
  return host::thread();
#endif
}

SWITCHYARD_DEVICE unsigned lane() { return thread() % kWave; }

// The wave within its workgroup; the same for all lanes, which AMD's compiler is told.
SWITCHYARD_DEVICE unsigned wave() {
#if defined(__AMDGCN__)
  return __builtin_amdgcn_readfirstlane(thread() / kWave);
#else
  return thread() / kWave;
#endif
}

SWITCHYARD_DEVICE unsigned workgroup_x() {
#if defined(__AMDGCN__)
  return __builtin_amdgcn_workgroup_id_x();
#elif defined(__NVPTX__)
  return __nvvm_read_ptx_sreg_ctaid_x();
#else
  return host::workgroup(0);
#endif
}

SWITCHYARD_DEVICE unsigned workgroup_y() {
#if defined(__AMDGCN__)
  return __builtin_amdgcn_workgroup_id_y();
#elif defined(__NVPTX__)
  return __nvvm_read_ptx_sreg_ctaid_y();
#else
  return host::workgroup(1);
#endif
}

// This thread's index in a one-dimensional grid, or in a row of one.
SWITCHYARD_DEVICE unsigned global_index() { return workgroup_x() * kThreads + thread(); }

// What threads of the workgroup wrote to LDS or memory before it, all of them read after it.
SWITCHYARD_DEVICE void barrier([[maybe_unused]] int line = __builtin_LINE()) {
#if defined(__AMDGCN__)
  __builtin_amdgcn_fence(__ATOMIC_RELEASE, "workgroup");
  __builtin_amdgcn_s_barrier();
  __builtin_amdgcn_fence(__ATOMIC_ACQUIRE, "workgroup");
#elif defined(__NVPTX__)
  __syncthreads();
#else
  host::barrier(line);
#endif
}

// `value` of lane `source` of this wave.
SWITCHYARD_DEVICE std::uint32_t shuffle(std::uint32_t value, unsigned source,
                                        [[maybe_unused]] int line = __builtin_LINE()) {
#if defined(__AMDGCN__)
  return static_cast<std::uint32_t>(
      __builtin_amdgcn_ds_bpermute(static_cast<int>(source * 4), static_cast<int>(value)));
#elif defined(__NVPTX__)
  return static_cast<std::uint32_t>(
      __nvvm_shfl_sync_idx_i32(0xFFFFFFFFu, static_cast<int>(value), static_cast<int>(source), 31));
#else
  return host::shuffle(value, source, line);
#endif
}

SWITCHYARD_DEVICE float shuffle(float value, unsigned source, int line = __builtin_LINE()) {
  return __builtin_bit_cast(float, shuffle(__builtin_bit_cast(std::uint32_t, value), source, line));
}

SWITCHYARD_DEVICE std::uint64_t shuffle(std::uint64_t value, unsigned source,
                                        int line = __builtin_LINE()) {
  const std::uint32_t low = shuffle(static_cast<std::uint32_t>(value), source, line);
  const std::uint32_t high = shuffle(static_cast<std::uint32_t>(value >> 32), source, line);
  return low | (std::uint64_t{high} << 32);
}

SWITCHYARD_DEVICE double shuffle(double value, unsigned source, int line = __builtin_LINE()) {
  return __builtin_bit_cast(double,
                            shuffle(__builtin_bit_cast(std::uint64_t, value), source, line));
}

// What lanes of the wave wrote to LDS before it, all of them read after it.
SWITCHYARD_DEVICE void wave_sync() {
#if defined(__AMDGCN__)
  __builtin_amdgcn_fence(__ATOMIC_RELEASE, "wavefront");
  __builtin_amdgcn_wave_barrier();
  __builtin_amdgcn_fence(__ATOMIC_ACQUIRE, "wavefront");
#elif defined(__NVPTX__)
  __nvvm_bar_warp_sync(0xFFFFFFFFu);
#else
  shuffle(0u, 0);
#endif
}

// Bit l: whether `value` holds in lane l.
SWITCHYARD_DEVICE std::uint64_t wave_ballot(bool value) {
#if defined(__AMDGCN__)
  return __builtin_amdgcn_ballot_w64(value);
#elif defined(__NVPTX__)
  return __nvvm_vote_ballot_sync(0xFFFFFFFFu, value);
#else
  std::uint64_t bits = std::uint64_t{value} << lane();
  for (unsigned step = kWave / 2; step > 0; step /= 2) bits |= shuffle(bits, lane() ^ step);
  return bits;
#endif
}

// Bit l: whether lane l has the same `value` as this one; of all lanes it is less than 2^bits.
SWITCHYARD_DEVICE std::uint64_t wave_peers(std::uint32_t value, [[maybe_unused]] unsigned bits) {
#if defined(__NVPTX__)
  return __nvvm_match_any_sync_i32(0xFFFFFFFFu, value);
#else
  std::uint64_t peers = wave_ballot(true);
  for (unsigned bit = 0; bit < bits; ++bit) {
    const bool one = (value >> bit) % 2 != 0;
    const std::uint64_t ones = wave_ballot(one);
    peers &= one ? ones : ~ones;
  }
  return peers;
#endif
}

// Over all lanes of the wave; every lane gets the same bits.
template <typename T>
SWITCHYARD_DEVICE T wave_sum(T value) {
  for (unsigned step = kWave / 2; step > 0; step /= 2) value += shuffle(value, lane() ^ step);
  return value;
}

template <typename T>
SWITCHYARD_DEVICE T wave_max(T value) {
  for (unsigned step = kWave / 2; step > 0; step /= 2) {
    const T other = shuffle(value, lane() ^ step);
    value = other > value ? other : value;
  }
  return value;
}

SWITCHYARD_DEVICE std::uint32_t wave_max(std::uint32_t value) {
#if defined(__NVPTX__)
  return static_cast<std::uint32_t>(
      __nvvm_redux_sync_umax(static_cast<int>(value), static_cast<int>(0xFFFFFFFFu)));
#else
  return wave_max<std::uint32_t>(value);
#endif
}

// The sum of `value` over the lanes below this one.
SWITCHYARD_DEVICE std::uint32_t wave_sum_below(std::uint32_t value) {
  std::uint32_t sum = value;
  for (unsigned step = 1; step < kWave; step *= 2) {
    const std::uint32_t other = shuffle(sum, lane() - (lane() < step ? 0 : step));
    if (lane() >= step) sum += other;
  }
  return sum - value;
}

}  // namespace switchyard::kernels::device::inline SWITCHYARD_MODEL
