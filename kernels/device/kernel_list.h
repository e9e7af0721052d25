#pragma once

#include <span>
#include <string_view>

#include "kernels/device/arguments.h"

// Every kernel, in one list: what the host executor runs, what `moe kernels --extract` describes
// and what the checks of the objects look for. X(name, Argument, grid, lds, meaning): `grid` and
// `lds` (bytes) are the rules by which kernels/gpu launches it.
#define SWITCHYARD_KERNELS(X) SWITCHYARD_EMULATED_KERNELS(X)

#define SWITCHYARD_DEQUANTISE_KERNEL(X, format)                                 \
  X(switchyard_dequantise_##format, Dequantise,                                 \
    "x = ceil(blocks / threads), y = experts, first_expert and following", "0", \
    "MX weights of the experts that are hit to bf16")

#define SWITCHYARD_EMULATED_KERNELS(X)        \
  SWITCHYARD_DEQUANTISE_KERNEL(X, mxfp4)      \
  SWITCHYARD_DEQUANTISE_KERNEL(X, mxfp6_e3m2) \
  SWITCHYARD_DEQUANTISE_KERNEL(X, mxfp6_e2m3)

namespace switchyard::kernels::device {

struct KernelInfo {
  std::string_view name;
  std::string_view grid, lds, meaning;
  std::size_t argument_bytes;
  std::span<const Field> fields;
};

#define SWITCHYARD_KERNEL_INFO(name, Argument, grid, lds, meaning) \
  {#name, grid, lds, meaning, sizeof(Argument), Argument##Fields::table},
inline constexpr KernelInfo kKernels[] = {SWITCHYARD_KERNELS(SWITCHYARD_KERNEL_INFO)};

}  // namespace switchyard::kernels::device
