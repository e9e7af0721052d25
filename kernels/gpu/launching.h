#pragma once

#include <string>

#include "kernels/device/arguments.h"
#include "kernels/gpu/device.h"

// Launches of one's own kernels: workgroups of kWorkgroupWaves waves, or of `waves`.
namespace switchyard::kernels::gpu {

template <typename Argument>
Expected<void> launch_grid(Device& device, Function function, std::uint32_t x, std::uint32_t y,
                           std::uint32_t lds_bytes, const Argument& argument, Stream stream,
                           bool early = false, std::uint32_t waves = device::kWorkgroupWaves) {
  if (x == 0 || y == 0) return {};
  const std::uint32_t threads = waves * device.info().wave;
  const Launch launch{{x, y, 1}, {threads, 1, 1}, lds_bytes, early};
  return device.launch(function, launch, argument, stream);
}

constexpr std::uint32_t divide_up(std::uint64_t count, std::uint64_t by) {
  return static_cast<std::uint32_t>((count + by - 1) / by);
}

}  // namespace switchyard::kernels::gpu
