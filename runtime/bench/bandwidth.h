#pragma once

#include <cstddef>

#include "kernels/gpu/device.h"

namespace switchyard::bench {

// Bytes a second that come from a GPU's memory, the most of a few rounds: the layer's own combine
// kernel over about so many bytes, 64 floats read for each bf16 written. A CPU's: ceilings/.
kernels::Expected<double> read_bandwidth(kernels::gpu::Device& device, std::size_t bytes);

}  // namespace switchyard::bench
