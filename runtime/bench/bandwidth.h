#pragma once

#include <cstddef>

#include "kernels/cpu/thread_pool.h"
#include "kernels/gpu/device.h"

namespace switchyard::bench {

// Bytes a second that come from memory, the most of a few rounds.

// Every thread sums its part of `bytes`.
double read_bandwidth(kernels::ThreadPool& pool, std::size_t bytes);

// The layer's own combine kernel over about so many bytes, 64 floats read for each bf16 written.
kernels::Expected<double> read_bandwidth(kernels::gpu::Device& device, std::size_t bytes);

}  // namespace switchyard::bench
