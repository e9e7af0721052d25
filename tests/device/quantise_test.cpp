#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <random>

#include "kernels/cpu/format.h"
#include "kernels/device/kernel_list.h"
#include "kernels/mx/block.h"
#include "tests/device/devices.h"

using namespace switchyard::kernels;
using namespace switchyard::kernels::device;

namespace {

constexpr float kStaticScale = 0.0123f;
constexpr std::uint32_t kBlocks = 3000;

// Blocks of all magnitudes: many bits set and few, so that ties come up; zeros, subnormals, NaNs.
std::vector<Bf16> values_of(std::mt19937& random) {
  std::vector<Bf16> values(kBlocks * mx::kBlock);
  for (std::size_t b = 0; b < kBlocks; ++b) {
    const unsigned exponent = random() % 255, spread = random() % 12 + 1;
    for (std::size_t i = 0; i < mx::kBlock; ++i) {
      const unsigned below = random() % spread;
      const unsigned field = exponent > below ? exponent - below : 0;
      const unsigned fraction = b % 2 == 0 ? random() % 128 : (random() % 8) << 4;
      values[b * mx::kBlock + i].bits =
          static_cast<std::uint16_t>((random() % 2) << 15 | field << 7 | fraction);
    }
    if (b % 97 == 0) values[b * mx::kBlock + random() % 32].bits = 0x7F80;
    if (b % 101 == 0) values[b * mx::kBlock + random() % 32].bits = 0xFFC1;
    if (b % 103 == 0) std::fill_n(values.begin() + static_cast<std::ptrdiff_t>(b * 32), 32, Bf16{});
  }
  return values;
}

std::vector<float> expected_of(const std::vector<Bf16>& values, ActivationFormat format) {
  std::vector<float> expected(values.size());
  for (std::size_t at = 0; at < values.size(); at += mx::kBlock) {
    float block[mx::kBlock];
    std::uint8_t codes[mx::kBlock];
    for (std::size_t i = 0; i < mx::kBlock; ++i) block[i] = mx::to_float(values[at + i]);
    if (format == ActivationFormat::fp8) {
      for (std::size_t i = 0; i < mx::kBlock; ++i) {
        expected[at + i] =
            mx::decode<mx::Fp8E4M3>(mx::quantise_static<mx::Fp8E4M3>(block[i], kStaticScale));
      }
      continue;
    }
    cpu::with_format(cpu::mx_elements(format), [&](auto element) {
      const std::uint8_t scale = mx::quantise_block<decltype(element)>(block, codes);
      for (std::size_t i = 0; i < mx::kBlock; ++i) {
        expected[at + i] = mx::dequantise<decltype(element)>(codes[i], scale);
      }
    });
  }
  return expected;
}

}  // namespace

TEST_CASE("activations are quantised bit by bit as the formats say", "[quantise]") {
  const unsigned seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937 random(seed);
  const std::vector<Bf16> values = values_of(random);
  for (const auto format : {ActivationFormat::mxfp4, ActivationFormat::mxfp6_e3m2,
                            ActivationFormat::mxfp6_e2m3, ActivationFormat::fp8}) {
    const auto device = host::make_host_device({});
    DeviceArray<Bf16> in(*device, values), out(*device, values.size());
    const Quantise argument{in.data(), out.data(), kBlocks, kStaticScale, format};
    const auto function = device->function("switchyard_quantise");
    REQUIRE(function);
    REQUIRE(device->launch(*function, {{kBlocks / 128 + 1, 1, 1}, {128, 1, 1}, 0}, argument, 0));
    REQUIRE(device->synchronise(0));
    const auto expected = expected_of(values, format);
    for (std::size_t i = 0; i < values.size(); ++i) {
      INFO("value " << mx::to_float(values[i]) << " of block " << i / 32);
      const float value = mx::to_float(out.data()[i]);
      REQUIRE((std::isnan(expected[i]) ? std::isnan(value) : value == expected[i]));
    }
  }
}

TEST_CASE("activations are encoded to the codes and scales of the formats", "[quantise]") {
  const unsigned seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937 random(seed);
  const std::vector<Bf16> values = values_of(random);
  const struct {
    const char* name;
    ActivationFormat format;
    std::size_t bits;
  } cases[] = {{"switchyard_encode_mxfp4", ActivationFormat::mxfp4, 4},
               {"switchyard_encode_mxfp6_e3m2", ActivationFormat::mxfp6_e3m2, 6},
               {"switchyard_encode_mxfp6_e2m3", ActivationFormat::mxfp6_e2m3, 6},
               {"switchyard_encode_fp8", ActivationFormat::fp8, 8}};
  for (const auto& [name, format, bits] : cases) {
    const auto device = host::make_host_device({host::Model::gfx950, {}, {}});
    DeviceArray<Bf16> in(*device, values);
    DeviceArray<std::uint8_t> elements(*device, kBlocks * 4 * bits), scales(*device, kBlocks);
    const Encode argument{in.data(), elements.data(), scales.data(), kBlocks, kStaticScale};
    const auto function = device->function(name);
    REQUIRE(function);
    REQUIRE(device->launch(*function, {{kBlocks / 256 + 1, 1, 1}, {256, 1, 1}, 0}, argument, 0));
    REQUIRE(device->synchronise(0));
    const auto expected = expected_of(values, format);
    for (std::size_t i = 0; i < values.size(); ++i) {
      INFO(name << ", value " << mx::to_float(values[i]) << " of block " << i / 32);
      const std::size_t block = i / mx::kBlock, at = i % mx::kBlock;
      const std::uint8_t* packed = elements.data() + block * 4 * bits;
      float value = 0;
      if (format == ActivationFormat::fp8) {
        value = mx::decode<mx::Fp8E4M3>(mx::load_code<mx::Fp8E4M3>(packed, at));
      } else {
        value = cpu::with_format(cpu::mx_elements(format), [&](auto element) {
          using Element = decltype(element);
          return mx::dequantise<Element>(mx::load_code<Element>(packed, at), scales.data()[block]);
        });
      }
      REQUIRE((std::isnan(expected[i]) ? std::isnan(value) : value == expected[i]));
    }
  }
}
