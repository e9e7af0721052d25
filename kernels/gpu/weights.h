#pragma once

#include "kernels/gpu/memory.h"
#include "kernels/moe/layer.h"

namespace switchyard::kernels::gpu {

// A layer's weights in a device's memory, in a WeightLayout whatever the checkpoint's:
//
//   gate_up  [E, 2 I, H] packed elements, I gate rows then I up rows; scales; bias [E, 2 I], float
//   down     [E, H, I] packed elements; scales; bias [E, H], float
//   router   [E, H] as the checkpoint has it, bf16 or float, but bf16 of `steps` as bf16_records
//   (preshuffle.h);
//            bias and correction [E], float
//
// Biases that no expert has are empty; where some have them, the others' are zeros.
struct DeviceWeights {
  Memory gate_up, gate_up_scales, gate_up_bias;
  Memory down, down_scales, down_bias;
  Memory router, router_bias, router_correction;
  enum class Router : std::uint8_t { bf16, float32, records } router_form = Router::bf16;
  bool large_scales =
      false;  // steps: some weight's scale is past kLargestSmallScale (decode.h), or NaN
};

// rows: emulated; the others are arrangements of fragment_layout.h.
enum class WeightLayout : std::uint8_t { rows, runs, steps, blocks };

// Copies all; waits until they are there.
Expected<DeviceWeights> upload_weights(Device& device, const LayerConfig& config,
                                       const LayerWeights& weights, WeightLayout layout);

}  // namespace switchyard::kernels::gpu
