#pragma once

#include <memory>

#include "kernels/gpu/driver.h"

namespace switchyard::kernels::gpu {

// A device of a driver, with the code objects of its architecture; each is loaded when a kernel of
// it is first asked for. After a fault of a kernel every call but the releases answers with that
// fault: the driver has lost the device's context, memory included. The process goes on. The error
// of a device without a code object names those that the build has.
Expected<std::unique_ptr<Device>> make_device(std::shared_ptr<Driver> driver,
                                              const DeviceInfo& info);

}  // namespace switchyard::kernels::gpu
