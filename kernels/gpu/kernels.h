#pragma once

#include <vector>

#include "kernels/gpu/device.h"
#include "kernels/registry.h"

namespace switchyard::kernels::gpu {

// The kernels of a device (native on gfx950 only), as cpu_kernels() has those of the CPU: `device`
// and the clause on it are the device's kind. The device must outlive them and their layers.
std::vector<Kernel> gpu_kernels(Device& device);

// The same without a device, to be listed: `kind` is cuda or hip. Their `make` fails.
std::vector<Kernel> gpu_kernels(std::string_view kind);

}  // namespace switchyard::kernels::gpu
