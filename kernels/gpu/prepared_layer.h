#pragma once

#include <memory>

#include "kernels/gpu/layer.h"
#include "kernels/registry.h"

namespace switchyard::kernels::gpu {

// A layer whose inputs and outputs are in the host's memory: copies them, runs, waits. The device
// must outlive it.
Expected<std::unique_ptr<PreparedLayer>> prepared_layer(Device& device, const LayerConfig& config,
                                                        const LayerWeights& weights,
                                                        const Options& options);

}  // namespace switchyard::kernels::gpu
