#include <catch2/catch.hpp>
#include <cmath>

#include "kernels/device/kernel_list.h"
#include "kernels/mx/block.h"
#include "tests/device/devices.h"

using namespace switchyard::kernels;
using namespace switchyard::kernels::device;

TEMPLATE_TEST_CASE("every code under every scale, of the experts that are hit", "[dequantise]",
                   mx::Fp4E2M1, mx::Fp6E3M2, mx::Fp6E2M3) {
  // Two blocks a scale hold all codes; three experts of the same blocks, the middle one without
  // pairs.
  constexpr std::uint32_t kBlocks = 512;
  const std::size_t bytes = mx::packed_bytes(mx::kBlock, TestType::bits);
  std::vector<std::uint8_t> elements(3 * kBlocks * bytes), scales(3 * kBlocks);
  for (std::size_t b = 0; b < 3 * kBlocks; ++b) {
    std::uint8_t codes[mx::kBlock];
    for (std::size_t i = 0; i < mx::kBlock; ++i) {
      codes[i] = static_cast<std::uint8_t>((b % 2 * mx::kBlock + i) % (1u << TestType::bits));
    }
    mx::pack_block<TestType>(codes, elements.data() + b * bytes);
    scales[b] = static_cast<std::uint8_t>(b % kBlocks / 2);
  }
  const char* name = TestType::bits == 4   ? "switchyard_dequantise_mxfp4"
                     : TestType::emax == 4 ? "switchyard_dequantise_mxfp6_e3m2"
                                           : "switchyard_dequantise_mxfp6_e2m3";
  for (const host::Model model : kModels) {
    const auto device = host::make_host_device({model, {}, {}});
    DeviceArray<std::uint8_t> packed(*device, elements), packed_scales(*device, scales);
    DeviceArray<std::uint32_t> counts(*device, {5, 0, 1});
    DeviceArray<Bf16> out(*device, 2 * kBlocks * mx::kBlock);
    const std::uint32_t threads = 4 * device->info().wave;
    const Dequantise argument{
        packed.data(), packed_scales.data(), out.data(), counts.data(), kBlocks, 1};
    const auto function = device->function(name);
    REQUIRE(function);
    REQUIRE(device->launch(*function, {{kBlocks / threads + 1, 2, 1}, {threads, 1, 1}, 0}, argument,
                           0));
    REQUIRE(device->synchronise(0));
    for (std::size_t i = 0; i < kBlocks * mx::kBlock; ++i) {
      REQUIRE(out.data()[i].bits == 0xFFFF);  // expert 1 was left alone
      const std::size_t block = i / mx::kBlock;
      const auto code = mx::load_code<TestType>(elements.data() + block * bytes, i % mx::kBlock);
      const float expected = mx::dequantise<TestType>(code, scales[block]);
      const float value = mx::to_float(out.data()[kBlocks * mx::kBlock + i]);
      REQUIRE((std::isnan(expected) ? std::isnan(value) : value == expected));
    }
  }
}
