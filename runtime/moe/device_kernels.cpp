#include "runtime/moe/device_kernels.h"

#include <fmt/format.h>

#include "kernels/gpu/devices.h"
#include "kernels/gpu/kernels.h"

namespace switchyard::moe {

Expected<DeviceKernels> open_kernels(const facts::Device& device) {
  if (device.kind == "cpu") return DeviceKernels{nullptr, kernels::cpu_kernels()};
  auto opened = kernels::gpu::open_device(fmt::format("{}:{}", device.kind, device.index));
  if (!opened) return fail(opened.error().message);
  DeviceKernels result{std::move(*opened), {}};
  result.kernels = kernels::gpu::gpu_kernels(*result.device);
  return result;
}

}  // namespace switchyard::moe
