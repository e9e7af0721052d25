#pragma once

// The device vocabulary, over builtins of clang for amdgcn and nvptx: no HIP or CUDA header is
// included, so no vendor SDK is needed to build. For device code only.
#define SWITCHYARD_KERNEL extern "C" __attribute__((global))
#define SWITCHYARD_DEVICE static inline __attribute__((device))

namespace switchyard::kernels::device {

// This thread's index in a one-dimensional grid.
SWITCHYARD_DEVICE unsigned global_index() {
#if defined(__AMDGCN__)
  return __builtin_amdgcn_workgroup_id_x() * __builtin_amdgcn_workgroup_size_x() +
         __builtin_amdgcn_workitem_id_x();
#elif defined(__NVPTX__)
  return __nvvm_read_ptx_sreg_ctaid_x() * __nvvm_read_ptx_sreg_ntid_x() +
         __nvvm_read_ptx_sreg_tid_x();
#else
  return 0;  // the host's half of a compilation, never called
#endif
}

}  // namespace switchyard::kernels::device
