#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/gpu/device.h"

namespace switchyard::kernels::gpu {

struct DeviceList {
  std::vector<DeviceInfo> devices;    // HIP's, then CUDA's, by index
  std::vector<std::string> problems;  // drivers that are not there or do not answer, a line each
};

// The GPUs of the drivers that are there. Opens the drivers' libraries, which may take a second.
DeviceList list_devices();

// The device "cuda:1", or the first of a kind, "hip". Several may be open at once. Errors: a name
// that is no such thing, a driver that is not there, an index past the devices (they are named), an
// architecture without device code in this build.
Expected<std::unique_ptr<Device>> open_device(std::string_view name);

}  // namespace switchyard::kernels::gpu
