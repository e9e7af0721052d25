#include "runtime/moe/device_kernels.h"

#include <fmt/format.h>

#include <utility>

#include "kernels/gpu/devices.h"
#include "kernels/gpu/kernels.h"

namespace switchyard::moe {

Expected<DeviceKernels> open_kernels(const facts::Device& device) {
  DeviceKernels result{nullptr, kernels::cpu_kernels(), kernels::cpu_kernels()};
  for (const char* kind : {"cuda", "hip"}) {
    for (kernels::Kernel& kernel : kernels::gpu::gpu_kernels(kind)) {
      result.listed.push_back(std::move(kernel));
    }
  }
  if (device.kind == "cpu") return result;
  auto opened = kernels::gpu::open_device(fmt::format("{}:{}", device.kind, device.index));
  if (!opened) return fail(opened.error().message);
  result.device = std::move(*opened);
  result.kernels = kernels::gpu::gpu_kernels(*result.device);
  return result;
}

}  // namespace switchyard::moe
