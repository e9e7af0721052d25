#include "kernels/mx/element.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include "kernels/mx/bf16.h"
#include "kernels/mx/pack.h"
#include "kernels/mx/scale.h"

using namespace switchyard::kernels;
using namespace switchyard::kernels::mx;

namespace {

// The definition of section 5.3, written with ldexp and with every special code listed by hand.
template <typename Format>
double defined(unsigned code) {
  const double sign = (code >> (Format::bits - 1)) != 0 ? -1 : 1;
  const unsigned exponent = (code >> Format::fraction_bits) & ((1u << Format::exponent_bits) - 1u);
  const unsigned fraction = code & ((1u << Format::fraction_bits) - 1u);
  const double part = std::ldexp(fraction, -Format::fraction_bits);
  return sign * (exponent == 0 ? std::ldexp(part, 1 - Format::bias)
                               : std::ldexp(1 + part, static_cast<int>(exponent) - Format::bias));
}

// Nearest by comparing distances to every finite code, ties to the even one.
template <typename Format>
unsigned nearest(double value) {
  unsigned best = 0;
  const double magnitude = std::min(std::abs(value), defined<Format>(Format::max_code));
  for (unsigned code = 1; code <= Format::max_code; ++code) {
    const double distance = std::abs(defined<Format>(code) - magnitude);
    const double held = std::abs(defined<Format>(best) - magnitude);
    if (distance < held || (distance == held && code % 2 == 0)) best = code;
  }
  return std::signbit(value) ? best | (1u << (Format::bits - 1)) : best;
}

float step(float value, float towards) { return std::nextafterf(value, towards); }

}  // namespace

TEMPLATE_TEST_CASE("every element code decodes to its definition and encodes back", "[mx]", Fp4E2M1,
                   Fp6E2M3, Fp6E3M2, Fp8E4M3, Fp8E5M2) {
  for (unsigned code = 0; code < (1u << TestType::bits); ++code) {
    const float value = decode<TestType>(static_cast<std::uint8_t>(code));
    const unsigned magnitude = code & ((1u << (TestType::bits - 1)) - 1u);
    INFO("code " << code);
    if (magnitude <= TestType::max_code) {
      CHECK(static_cast<double>(value) == defined<TestType>(code));
      CHECK(std::signbit(value) == (code != magnitude));
      CHECK(encode<TestType>(value) == code);
    } else if (TestType::has_infinity && magnitude == 0x7C) {
      CHECK(std::isinf(value));
      CHECK(std::signbit(value) == (code != magnitude));
    } else {
      CHECK(std::isnan(value));
    }
  }
}

TEST_CASE("the largest values and the special codes are those of the specification", "[mx]") {
  CHECK(decode<Fp4E2M1>(0x7) == 6.0f);
  CHECK(decode<Fp4E2M1>(0x1) == 0.5f);
  CHECK(decode<Fp6E2M3>(0x1F) == 7.5f);
  CHECK(decode<Fp6E2M3>(0x01) == 0.125f);
  CHECK(decode<Fp6E3M2>(0x1F) == 28.0f);
  CHECK(decode<Fp6E3M2>(0x01) == 0.0625f);
  CHECK(decode<Fp8E4M3>(0x7E) == 448.0f);
  CHECK(decode<Fp8E4M3>(0x01) == 0x1p-9f);
  CHECK(std::isnan(decode<Fp8E4M3>(0x7F)));
  CHECK(decode<Fp8E5M2>(0x7B) == 57344.0f);
  CHECK(decode<Fp8E5M2>(0x01) == 0x1p-16f);
  CHECK(decode<Fp8E5M2>(0xFC) == -std::numeric_limits<float>::infinity());
  CHECK(std::isnan(decode<Fp8E5M2>(0x7D)));
}

TEMPLATE_TEST_CASE("encoding rounds half to even next to every value and midpoint", "[mx]", Fp4E2M1,
                   Fp6E2M3, Fp6E3M2, Fp8E4M3, Fp8E5M2) {
  const float infinity = std::numeric_limits<float>::infinity();
  for (unsigned code = 0; code <= TestType::max_code; ++code) {
    const float value = decode<TestType>(static_cast<std::uint8_t>(code));
    std::vector<float> points = {value};
    if (code < TestType::max_code) {
      points.push_back((value + decode<TestType>(static_cast<std::uint8_t>(code + 1))) / 2);
    }
    for (const float point : points) {
      for (const float near : {point, step(point, infinity), step(point, -infinity)}) {
        INFO("value " << near);
        CHECK(encode<TestType>(near) == nearest<TestType>(near));
        CHECK(encode<TestType>(-near) == nearest<TestType>(-near));
      }
    }
  }
}

TEMPLATE_TEST_CASE("encoding a dense sweep of floats agrees with the nearest code", "[mx]", Fp4E2M1,
                   Fp6E2M3, Fp6E3M2, Fp8E4M3, Fp8E5M2) {
  // All signs and exponents, 64 fractions each: subnormal floats, zero and huge values included.
  for (std::uint32_t high = 0; high < 512; ++high) {
    if ((high & 0xFFu) == 0xFFu) continue;
    for (std::uint32_t low = 0; low < 64; ++low) {
      const std::uint32_t bits = high << 23 | low << 17 | (low % 3 == 0 ? 1u : 0u);
      float value;
      std::memcpy(&value, &bits, sizeof value);
      if (encode<TestType>(value) != nearest<TestType>(value)) {
        FAIL("value " << value << " gives " << int{encode<TestType>(value)} << ", not "
                      << nearest<TestType>(value));
      }
    }
  }
}

TEMPLATE_TEST_CASE("values past the range saturate, NaN stays NaN where there is one", "[mx]",
                   Fp4E2M1, Fp6E2M3, Fp6E3M2, Fp8E4M3, Fp8E5M2) {
  const std::uint8_t sign = 1u << (TestType::bits - 1);
  for (const float value :
       {1e9f, std::numeric_limits<float>::max(), std::numeric_limits<float>::infinity()}) {
    CHECK(encode<TestType>(value) == TestType::max_code);
    CHECK(encode<TestType>(-value) == (sign | TestType::max_code));
  }
  const std::uint8_t nan = encode<TestType>(std::numeric_limits<float>::quiet_NaN());
  if (TestType::has_nan) {
    CHECK(std::isnan(decode<TestType>(nan)));
  } else {
    CHECK(nan == TestType::max_code);
  }
}

TEST_CASE("every e8m0 code is its power of two", "[mx]") {
  for (unsigned code = 0; code < 255; ++code) {
    const auto scale = static_cast<std::uint8_t>(code);
    CHECK(static_cast<double>(decode_scale(scale)) ==
          std::ldexp(1.0, static_cast<int>(code) - 127));
    CHECK(encode_scale(static_cast<int>(code) - 127) == code);
  }
  CHECK(std::isnan(decode_scale(0xFF)));
  CHECK(encode_scale(-500) == 0);
  CHECK(encode_scale(500) == 254);
}

TEST_CASE("bf16 rounds half to even and keeps what is special", "[mx]") {
  for (std::uint32_t code = 0; code < 0x10000; ++code) {
    const Bf16 value{static_cast<std::uint16_t>(code)};
    const float exact = to_float(value);
    if (std::isnan(exact)) {
      if (!std::isnan(to_float(to_bf16(exact)))) FAIL("NaN " << code << " is lost");
      continue;
    }
    if (to_bf16(exact).bits != code) FAIL("bf16 " << code << " does not come back");
    if (std::isinf(exact)) continue;
    // Half way to the next code: to the even one; a bit beyond or before: to the nearer one.
    const std::uint32_t half = code << 16 | 0x8000u;
    const auto rounded = [](std::uint32_t bits) {
      return to_bf16(__builtin_bit_cast(float, bits)).bits;
    };
    if (rounded(half) != code + (code & 1u) || rounded(half + 1) != code + 1 ||
        rounded(half - 1) != code) {
      FAIL("next to bf16 " << code);
    }
  }
}

TEMPLATE_TEST_CASE("packing is a little-endian bit stream", "[mx]", Fp4E2M1, Fp6E2M3, Fp8E4M3) {
  constexpr std::size_t kCount = 64;
  std::vector<std::uint8_t> row(packed_bytes(kCount, TestType::bits), 0xA5);
  std::vector<std::uint8_t> codes;
  for (std::size_t i = 0; i < kCount; ++i) {
    codes.push_back(static_cast<std::uint8_t>((i * 37 + 11) % (1u << TestType::bits)));
    store_code<TestType>(row.data(), i, codes.back());
  }
  for (std::size_t i = 0; i < kCount; ++i) {
    // Bit b of element i is bit i * bits + b of the row.
    unsigned expected = 0;
    for (unsigned b = 0; b < unsigned{TestType::bits}; ++b) {
      const std::size_t at = i * TestType::bits + b;
      expected |= (static_cast<unsigned>(row[at / 8]) >> (at % 8) & 1u) << b;
    }
    CHECK(codes[i] == expected);
    CHECK(load_code<TestType>(row.data(), i) == codes[i]);
  }
  std::uint8_t block[32];
  unpack_block<TestType>(row.data() + packed_bytes(32, TestType::bits), block);
  CHECK(std::vector<std::uint8_t>(block, block + 32) ==
        std::vector<std::uint8_t>(codes.begin() + 32, codes.end()));
  std::vector<std::uint8_t> again(packed_bytes(32, TestType::bits), 0);
  pack_block<TestType>(block, again.data());
  CHECK(std::equal(again.begin(), again.end(), row.begin() + row.size() / 2));
}

TEST_CASE("replacing one packed element leaves its neighbours", "[mx]") {
  std::uint8_t row[24];
  for (std::size_t i = 0; i < 32; ++i) {
    for (const std::uint8_t fill : {0x00, 0xFF}) {
      std::memset(row, fill, sizeof row);
      store_code<Fp6E3M2>(row, i, static_cast<std::uint8_t>(~fill));
      for (std::size_t j = 0; j < 32; ++j) {
        CHECK(load_code<Fp6E3M2>(row, j) == ((i == j ? ~fill : fill) & 0x3F));
      }
    }
  }
}

TEST_CASE("fp4 lies low nibble first, four fp6 in three bytes", "[mx]") {
  std::uint8_t fp4[1] = {0};
  store_code<Fp4E2M1>(fp4, 0, 0x3);
  store_code<Fp4E2M1>(fp4, 1, 0xC);
  CHECK(fp4[0] == 0xC3);
  std::uint8_t fp6[3] = {0, 0, 0};
  const std::uint8_t codes[4] = {0x01, 0x02, 0x03, 0x3F};
  for (std::size_t i = 0; i < 4; ++i) store_code<Fp6E3M2>(fp6, i, codes[i]);
  CHECK(fp6[0] == 0x81);
  CHECK(fp6[1] == 0x30);
  CHECK(fp6[2] == 0xFC);
}

TEMPLATE_TEST_CASE("round_to is decode of encode, sign and saturation included", "[mx]", Fp4E2M1,
                   Fp6E2M3, Fp6E3M2, Fp8E4M3) {
  const auto check = [](std::uint32_t bits) {
    const float value = __builtin_bit_cast(float, bits);
    if (std::isnan(value)) return true;
    const float expected = decode<TestType>(encode<TestType>(value));
    const float out = round_to<TestType>(value);
    return std::memcmp(&out, &expected, sizeof(out)) == 0;
  };
  std::size_t wrong = 0;
  // Every sign, exponent and upper fraction, with lower fractions that make ties and near ties.
  for (std::uint32_t upper = 0; upper < (1u << 19); ++upper) {
    for (const std::uint32_t lower : {0u, 1u, 0xFFFu, 0x1000u, 0x1001u, 0x1FFFu}) {
      wrong += check(upper << 13 | lower) ? 0 : 1;
    }
  }
  CHECK(wrong == 0);
}
