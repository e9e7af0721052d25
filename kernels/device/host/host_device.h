#pragma once

#include <memory>
#include <vector>

#include "kernels/device/host/functions.h"
#include "kernels/gpu/device.h"

namespace switchyard::kernels::device::host {

struct HostDeviceOptions {
  Model model = Model::sm_90a;
  Order order;
  std::vector<HostKernel> more_kernels;  // besides kernels_of(model)
};

// A device whose machine is this host (kind "host", architecture that of the model): a stream's
// work waits until the stream is synchronised, in the order it was put there, and the first error
// ends it. Memory is filled with NaNs when it is allocated. Slow, for tests: a launch runs on the
// calling thread, one workgroup after the other.
std::unique_ptr<gpu::Device> make_host_device(HostDeviceOptions options);

}  // namespace switchyard::kernels::device::host
