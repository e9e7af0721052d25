#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "kernels/device/arguments.h"
#include "kernels/device/host/workgroup.h"

namespace switchyard::kernels::device::host {

// A kernel compiled for the host.
struct HostKernel {
  std::string_view name;
  KernelBody body;
  std::size_t argument_bytes;
  unsigned waves = kWorkgroupWaves;  // of a workgroup
};

// The machines that the host stands for, in one of which a kernel is compiled.
enum class Model : std::uint8_t { gfx942, gfx950, sm_90a };

constexpr std::string_view name_of(Model model) {
  return model == Model::gfx942 ? "gfx942" : model == Model::gfx950 ? "gfx950" : "sm_90a";
}

// All of kernel_list.h that the machine has, in its order.
std::span<const HostKernel> kernels_of(Model model);

}  // namespace switchyard::kernels::device::host
