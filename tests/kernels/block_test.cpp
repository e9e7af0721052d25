#include "kernels/mx/block.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "kernels/mx/bf16.h"

using namespace switchyard::kernels;
using namespace switchyard::kernels::mx;

TEMPLATE_TEST_CASE("quantising a block follows the specification's scale rule", "[mx]", Fp4E2M1,
                   Fp6E2M3, Fp6E3M2, Fp8E4M3, Fp8E5M2) {
  const unsigned seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937 random(seed);
  std::uniform_int_distribution<int> exponent(-149, 126);
  std::uniform_real_distribution<float> fraction(-2, 2);
  for (int repeat = 0; repeat < 2000; ++repeat) {
    float values[32];
    const int around = exponent(random);
    double largest = 0;
    for (float& value : values) {
      value = std::ldexp(fraction(random), around - static_cast<int>(random() % 4));
      largest = std::max(largest, std::abs(static_cast<double>(value)));
    }
    if (largest == 0) continue;
    std::uint8_t codes[32];
    const std::uint8_t scale = quantise_block<TestType>(values, codes);
    const int rule = static_cast<int>(std::floor(std::log2(largest))) - TestType::emax;
    REQUIRE(scale == std::clamp(rule, -127, 127) + 127);
    for (int i = 0; i < 32; ++i) {
      const double quotient = std::ldexp(static_cast<double>(values[i]), 127 - scale);
      REQUIRE(codes[i] == encode<TestType>(static_cast<float>(quotient)));
      REQUIRE(dequantise<TestType>(codes[i], scale) ==
              static_cast<float>(
                  std::ldexp(static_cast<double>(decode<TestType>(codes[i])), scale - 127)));
    }
  }
}

TEMPLATE_TEST_CASE("blocks of zeros, NaN and infinity", "[mx]", Fp4E2M1, Fp6E2M3, Fp6E3M2, Fp8E4M3,
                   Fp8E5M2) {
  float values[32] = {};
  std::uint8_t codes[32];
  values[3] = -0.0f;
  CHECK(quantise_block<TestType>(values, codes) == 0);
  CHECK(codes[0] == 0);
  CHECK(codes[3] == 1u << (TestType::bits - 1));
  for (const float odd :
       {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(),
        -std::numeric_limits<float>::infinity()}) {
    values[7] = odd;
    values[8] = 1;
    CHECK(quantise_block<TestType>(values, codes) == kScaleNan);
    for (const std::uint8_t code : codes) {
      CHECK(std::isnan(dequantise<TestType>(code, kScaleNan)));
    }
  }
}

TEMPLATE_TEST_CASE("every fp4 and fp6 code under every scale is a bf16", "[mx]", Fp4E2M1, Fp6E2M3,
                   Fp6E3M2) {
  for (unsigned scale = 0; scale < 256; ++scale) {
    for (unsigned code = 0; code < (1u << TestType::bits); ++code) {
      const float value =
          dequantise<TestType>(static_cast<std::uint8_t>(code), static_cast<std::uint8_t>(scale));
      if (scale == 255) {
        REQUIRE(std::isnan(value));
        continue;
      }
      const double exact =
          std::ldexp(static_cast<double>(decode<TestType>(static_cast<std::uint8_t>(code))),
                     static_cast<int>(scale) - 127);
      if (std::abs(exact) >= 0x1p128) {
        REQUIRE(std::isinf(value));
      } else {
        REQUIRE(static_cast<double>(value) == exact);
      }
      REQUIRE(to_float(to_bf16(value)) == value);
    }
  }
}

TEST_CASE("a row quantises block by block", "[mx]") {
  std::mt19937 random(7);
  std::normal_distribution<float> draw(0, 3);
  std::vector<float> row(96);
  for (float& value : row) value = draw(random);
  std::vector<std::uint8_t> elements(packed_bytes(96, 6), 0xEE), scales(3);
  quantise_row<Fp6E3M2>(row.data(), row.size(), elements.data(), scales.data());
  for (std::size_t b = 0; b < 3; ++b) {
    std::uint8_t codes[32];
    CHECK(scales[b] == quantise_block<Fp6E3M2>(row.data() + 32 * b, codes));
    for (std::size_t i = 0; i < 32; ++i) {
      CHECK(load_code<Fp6E3M2>(elements.data(), 32 * b + i) == codes[i]);
    }
  }
}

TEST_CASE("a static scale saturates and keeps NaN", "[mx]") {
  CHECK(decode<Fp8E4M3>(quantise_static<Fp8E4M3>(1.0f, 0.5f)) == 2.0f);
  CHECK(decode<Fp8E4M3>(quantise_static<Fp8E4M3>(-1000.0f, 0.5f)) == -448.0f);
  CHECK(decode<Fp8E4M3>(quantise_static<Fp8E4M3>(std::numeric_limits<float>::infinity(), 0.5f)) ==
        448.0f);
  CHECK(std::isnan(
      decode<Fp8E4M3>(quantise_static<Fp8E4M3>(std::numeric_limits<float>::quiet_NaN(), 0.5f))));
}
