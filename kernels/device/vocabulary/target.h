#pragma once

#if defined(__AMDGCN__)
#include "kernels/device/occupancy.h"
#endif

// Which machine this text is being compiled for, and how a kernel is declared. Device code includes
// no HIP or CUDA header: builtins of clang and inline PTX serve all targets, so no vendor SDK is
// needed.
//
// Besides the devices there is the host: the same sources compiled for x86-64, run by the executor
// in kernels/device/host, once for each machine that is modelled. SWITCHYARD_MODEL is its name,
// SWITCHYARD_WAVE its lanes. Everything of ours with a layout of its own stands in the inline
// namespace of the model, so that three models link into one program.
#if defined(__AMDGCN__) && defined(__gfx950__)
#define SWITCHYARD_MODEL gfx950
#elif defined(__AMDGCN__)
#define SWITCHYARD_MODEL gfx942
#elif defined(__NVPTX__)
#define SWITCHYARD_MODEL sm_90a
#elif !defined(SWITCHYARD_HOST)
#error \
    "device code is compiled for amdgcn or nvptx, or for the host by kernels/device/CMakeLists.txt"
#endif

#if defined(__gfx950__) || defined(SWITCHYARD_HOST_gfx950)
#define SWITCHYARD_GFX950 1
#endif
#if defined(__NVPTX__) || defined(SWITCHYARD_HOST_sm_90a)
#define SWITCHYARD_SM_90 1
#define SWITCHYARD_WAVE 32
#else
#define SWITCHYARD_WAVE 64
#endif

#define SWITCHYARD_JOIN_AS_WRITTEN(a, b) a##b
#define SWITCHYARD_JOIN(a, b) SWITCHYARD_JOIN_AS_WRITTEN(a, b)

// SWITCHYARD_KERNEL(name, Argument) { … argument.x … }: a kernel of one parameter, launched with
// workgroups of kWorkgroupWaves waves, or SWITCHYARD_KERNEL_OF_WAVES(name, Argument, waves). Its
// line in kernel_list.h names the same.
//
// On sm_90a a kernel may be started while the one before it in the stream ends (programmatic
// dependent launch; gpu::Launch::early), so each begins with wait_for_previous(): after it, all
// that kernels before wrote is there. An SWITCHYARD_EARLY_KERNEL says it itself, where it first
// needs that; on every way through it.
#if defined(SWITCHYARD_HOST)
#define SWITCHYARD_DEVICE static inline
#define SWITCHYARD_MEMBER inline
#define SWITCHYARD_INLINE
#define SWITCHYARD_EARLY_KERNEL_OF_WAVES(name, Argument, waves) \
  extern "C" void SWITCHYARD_JOIN(name##_on_, SWITCHYARD_MODEL)(const Argument& argument)
#else
#define SWITCHYARD_DEVICE static inline __attribute__((device, always_inline))
#define SWITCHYARD_MEMBER inline __attribute__((device, always_inline))
#define SWITCHYARD_INLINE __attribute__((device, always_inline))  // of a lambda
#if defined(__AMDGCN__)
#if defined(SWITCHYARD_GFX950)
#define SWITCHYARD_OCCUPANCY(name) ::switchyard::kernels::device::occupancy_of(#name, true)
#else
#define SWITCHYARD_OCCUPANCY(name) ::switchyard::kernels::device::occupancy_of(#name, false)
#endif
// Its waves a SIMD, at least: what the compiler gives a lane of registers follows.
#define SWITCHYARD_LIMITS(name, count)                      \
  __attribute__((amdgpu_flat_work_group_size(count, count), \
                 amdgpu_waves_per_eu(SWITCHYARD_OCCUPANCY(name).waves_per_simd)))
#else
#define SWITCHYARD_LIMITS(name, count) __attribute__((launch_bounds(count)))
#endif
#define SWITCHYARD_EARLY_KERNEL_OF_WAVES(name, Argument, waves)                                  \
  extern "C" __attribute__((global)) SWITCHYARD_LIMITS(name, (waves)*SWITCHYARD_WAVE) void name( \
      const Argument argument)
#endif
#define SWITCHYARD_EARLY_KERNEL(name, Argument) \
  SWITCHYARD_EARLY_KERNEL_OF_WAVES(name, Argument, kWorkgroupWaves)

#if defined(__NVPTX__)
#define SWITCHYARD_KERNEL_OF_WAVES(name, Argument, waves)                                         \
  static __attribute__((device, always_inline)) void name##_after_wait(const Argument& argument); \
  SWITCHYARD_EARLY_KERNEL_OF_WAVES(name, Argument, waves) {                                       \
    ::switchyard::kernels::device::wait_for_previous();                                           \
    name##_after_wait(argument);                                                                  \
  }                                                                                               \
  static __attribute__((device, always_inline)) void name##_after_wait(const Argument& argument)
#else
#define SWITCHYARD_KERNEL_OF_WAVES(name, Argument, waves) \
  SWITCHYARD_EARLY_KERNEL_OF_WAVES(name, Argument, waves)
#endif
#define SWITCHYARD_KERNEL(name, Argument) \
  SWITCHYARD_KERNEL_OF_WAVES(name, Argument, kWorkgroupWaves)

namespace switchyard::kernels::device::inline SWITCHYARD_MODEL {

// Until kernels before this one in the stream are done, and what they wrote is there; then the next
// one may be started.
SWITCHYARD_DEVICE void wait_for_previous() {
#if defined(__NVPTX__)
  asm volatile("griddepcontrol.wait;" : : : "memory");
  asm volatile("griddepcontrol.launch_dependents;" : : : "memory");
#endif
}

}  // namespace switchyard::kernels::device::inline SWITCHYARD_MODEL
