#pragma once

#include <memory>
#include <vector>

#include "kernels/gpu/device.h"
#include "kernels/registry.h"
#include "runtime/base/error.h"
#include "runtime/facts/device.h"

namespace switchyard::moe {

// The kernels of a device, and the device, which they need as long as they live; null for the CPU.
struct DeviceKernels {
  std::unique_ptr<kernels::gpu::Device> device;
  std::vector<kernels::Kernel> kernels;
  std::vector<kernels::Kernel> listed;  // of every kind of device: a policy may name them too
};

// Opens the device. Errors are those of kernels::gpu::open_device.
Expected<DeviceKernels> open_kernels(const facts::Device& device);

}  // namespace switchyard::moe
