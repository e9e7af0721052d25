#pragma once

#include "kernels/device/vocabulary/memory.h"
#include "kernels/device/vocabulary/thread.h"

// Copies from memory to LDS that go on while the thread does (cp.async of sm_90). A thread's copies
// since its last commit are a group; `wait_copies<n>` waits until at most the last n groups are
// under way. Then the thread sees what it copied itself; other threads see it after a barrier, and
// the matrix instructions that read LDS (warpgroup.h) if `show_lds_to_matrix` stands before that
// barrier.
//
// The executor does a copy at once in one order of threads, and as late as its wait in the others.
#if defined(SWITCHYARD_SM_90)
namespace switchyard::kernels::device::inline SWITCHYARD_MODEL {

// kBytes, 8 or 16 and aligned to that, to byte `at` of LDS; zeros where `there` is false, and
// `from` is then not read, though it must be a place in memory.
template <unsigned kBytes>
SWITCHYARD_DEVICE void copy_async(unsigned at, const void* from, bool there = true) {
  static_assert(kBytes == 8 || kBytes == 16);
#if defined(__NVPTX__)
  if constexpr (kBytes == 16) {
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;"
                 :
                 : "r"(lds_address(at)), "l"(from), "r"(there ? 16 : 0)
                 : "memory");
  } else {
    asm volatile("cp.async.ca.shared.global [%0], [%1], 8, %2;"
                 :
                 : "r"(lds_address(at)), "l"(from), "r"(there ? 8 : 0)
                 : "memory");
  }
#else
  host::copy_async(at, there ? from : nullptr, kBytes);
#endif
}

SWITCHYARD_DEVICE void commit_copies() {
#if defined(__NVPTX__)
  asm volatile("cp.async.commit_group;" : : : "memory");
#else
  host::commit_copies();
#endif
}

template <unsigned kUnderWay>
SWITCHYARD_DEVICE void wait_copies() {
#if defined(__NVPTX__)
  asm volatile("cp.async.wait_group %0;" : : "n"(kUnderWay) : "memory");
#else
  host::wait_copies(kUnderWay);
#endif
}

// Matrix instructions read LDS on a way of their own (the async proxy); by every thread that wrote.
SWITCHYARD_DEVICE void show_lds_to_matrix() {
#if defined(__NVPTX__)
  asm volatile("fence.proxy.async.shared::cta;" : : : "memory");
#endif
}

}  // namespace switchyard::kernels::device::inline SWITCHYARD_MODEL
#endif
