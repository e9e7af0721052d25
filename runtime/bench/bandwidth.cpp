#include "runtime/bench/bandwidth.h"

#include <algorithm>
#include <cstdint>

#include "kernels/gpu/launching.h"
#include "kernels/gpu/memory.h"
#include "runtime/bench/rounds.h"

namespace switchyard::bench {
kernels::Expected<double> read_bandwidth(kernels::gpu::Device& device, std::size_t bytes) {
  namespace gpu = kernels::gpu;
  constexpr std::uint32_t kHidden = 4096, kPairs = 64;
  const auto tokens = static_cast<std::uint32_t>(
      std::max<std::size_t>(1, bytes / (kHidden * kPairs * sizeof(float))));
  const std::size_t values = std::size_t{tokens} * kHidden;
  auto y = gpu::Memory::allocate(device, values * kPairs * sizeof(float));
  if (!y) return tl::unexpected(y.error());
  auto weights = gpu::Memory::allocate(device, std::size_t{tokens} * kPairs * sizeof(float));
  if (!weights) return tl::unexpected(weights.error());
  auto out = gpu::Memory::allocate(device, values * sizeof(kernels::Bf16));
  if (!out) return tl::unexpected(out.error());
  // 0x3F3F3F3F is 0.75 as a float.
  for (const gpu::Memory* memory : {&*y, &*weights}) {
    if (auto ok = device.fill(memory->address(), 0x3F, memory->bytes(), 0); !ok) {
      return tl::unexpected(ok.error());
    }
  }
  const auto combine = device.function("switchyard_combine");
  if (!combine) return tl::unexpected(combine.error());
  const kernels::device::Combine argument{y->as<float>(),
                                          weights->as<float>(),
                                          out->as<kernels::Bf16>(),
                                          nullptr,
                                          tokens,
                                          kHidden,
                                          kPairs,
                                          1};
  const std::uint32_t threads = kernels::device::kWorkgroupWaves * device.info().wave;
  const auto seconds = shortest_seconds(9, [&]() -> kernels::Expected<void> {
    auto ok =
        gpu::launch_grid(device, *combine, gpu::divide_up(values / 8, threads), 1, 0, argument, 0);
    return ok ? device.synchronise(0) : ok;
  });
  if (!seconds) return tl::unexpected(seconds.error());
  return static_cast<double>(y->bytes() + weights->bytes() + out->bytes()) / *seconds;
}

}  // namespace switchyard::bench
