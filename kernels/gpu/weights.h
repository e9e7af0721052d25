#pragma once

#include "kernels/gpu/memory.h"
#include "kernels/moe/layer.h"

namespace switchyard::kernels::gpu {

// A layer's weights in a device's memory, rows in order whatever the checkpoint's layout:
//
//   gate_up  [E, 2 I, H] packed elements, I gate rows then I up rows; its scales; its bias [E, 2 I]
//   float down     [E, H, I] packed elements; its scales; its bias [E, H] float router   [E, H] as
//   the checkpoint has it, bf16 or float; its bias and correction [E] float
//
// Biases that no expert has are empty; where some have them, the others' are zeros.
struct DeviceWeights {
  Memory gate_up, gate_up_scales, gate_up_bias;
  Memory down, down_scales, down_bias;
  Memory router, router_bias, router_correction;
  bool router_is_float = false;
};

// rows: emulated. Of fragment_layout.h runs: packed; blocks: packed and native of gfx950.
enum class WeightLayout : std::uint8_t { rows, runs, blocks };

// Copies all; waits until they are there.
Expected<DeviceWeights> upload_weights(Device& device, const LayerConfig& config,
                                       const LayerWeights& weights, WeightLayout layout);

}  // namespace switchyard::kernels::gpu
