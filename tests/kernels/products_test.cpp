#include "kernels/cpu/products.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <random>
#include <vector>

#include "kernels/cpu/format.h"

using namespace switchyard::kernels;
using namespace switchyard::kernels::cpu;

namespace {

constexpr Isa kIsas[] = {Isa::portable, Isa::avx2, Isa::avx512};
constexpr std::size_t kColumns = 96;

std::vector<float> draw(std::size_t count, std::mt19937& random) {
  std::normal_distribution<float> normal(0, 1);
  std::vector<float> values(count);
  for (float& value : values) value = normal(random);
  return values;
}

std::vector<const float*> rows_of(const std::vector<float>& values, std::size_t rows) {
  std::vector<const float*> result;
  for (std::size_t m = 0; m < rows; ++m) result.push_back(values.data() + m * kColumns);
  return result;
}

}  // namespace

TEST_CASE("the portable path is always there and the best one is available", "[products]") {
  CHECK(available(Isa::portable));
  CHECK(available(best_isa()));
}

TEST_CASE("float products agree with double ones, for odd and even numbers of rows", "[products]") {
  std::mt19937 random(31);
  for (const Isa isa : kIsas) {
    if (!available(isa)) continue;
    for (const std::size_t rows : {1u, 2u, 5u}) {
      const auto a = draw(rows * kColumns, random), b = draw(kTileRows * kColumns, random);
      std::vector<float> scales(kTileRows * kColumns / 32);
      for (std::size_t i = 0; i < scales.size(); ++i) {
        scales[i] = std::ldexp(1.0f, static_cast<int>(i) - 5);
      }
      std::vector<float> plain(rows * kTileRows), scaled(rows * kTileRows);
      products(isa).f32(rows_of(a, rows).data(), rows, b.data(), kColumns, plain.data());
      products(isa).scaled(rows_of(a, rows).data(), rows, b.data(), scales.data(), kColumns,
                           scaled.data());
      for (std::size_t m = 0; m < rows; ++m) {
        for (std::size_t n = 0; n < kTileRows; ++n) {
          double sum = 0, scaled_sum = 0, size = 0, scaled_size = 0;
          for (std::size_t k = 0; k < kColumns; ++k) {
            const double term = static_cast<double>(a[m * kColumns + k]) * b[n * kColumns + k];
            const double scale = scales[n * (kColumns / 32) + k / 32];
            sum += term;
            size += std::abs(term);
            scaled_sum += term * scale;
            scaled_size += std::abs(term * scale);
          }
          const double unit = (kColumns + 2) * 0x1p-24;
          CHECK(std::abs(plain[m * kTileRows + n] - sum) <= unit * size);
          CHECK(std::abs(scaled[m * kTileRows + n] - scaled_sum) <= unit * scaled_size);
        }
      }
    }
  }
}

TEST_CASE("a row's products do not depend on the rows beside it", "[products]") {
  std::mt19937 random(32);
  const auto a = draw(4 * kColumns, random), b = draw(kTileRows * kColumns, random);
  for (const Isa isa : kIsas) {
    if (!available(isa)) continue;
    float together[4 * kTileRows], alone[kTileRows];
    products(isa).f32(rows_of(a, 4).data(), 4, b.data(), kColumns, together);
    for (std::size_t m = 0; m < 4; ++m) {
      const float* row = a.data() + m * kColumns;
      products(isa).f32(&row, 1, b.data(), kColumns, alone);
      for (std::size_t n = 0; n < kTileRows; ++n) CHECK(together[m * kTileRows + n] == alone[n]);
    }
  }
}

TEST_CASE("integer products of the largest elements are exact", "[products]") {
  // 28 * 28 in units of 1/16 each, 32 times: 6422528, below 2^24.
  const std::vector<std::int16_t> a(kColumns, 448), b(kTileRows * kColumns, 448);
  const std::vector<double> ones(kTileRows * kColumns / 32, 1.0);
  const std::int16_t* row = a.data();
  const double* scales = ones.data();
  for (const Isa isa : kIsas) {
    if (!available(isa)) continue;
    float out[kTileRows];
    products(isa).integer(&row, &scales, 1, b.data(), ones.data(), 32, out);
    for (const float value : out) CHECK(value == 448.0f * 448.0f * 32.0f);
  }
}

TEMPLATE_TEST_CASE("elements are integers in their unit", "[products]", mx::Fp4E2M1, mx::Fp6E2M3,
                   mx::Fp6E3M2) {
  for (unsigned code = 0; code < (1u << TestType::bits); ++code) {
    const float scaled =
        mx::decode<TestType>(static_cast<std::uint8_t>(code)) * kIntegerUnits<TestType>;
    CHECK(scaled == std::round(scaled));
    CHECK(std::abs(scaled) <= 448);
  }
}

TEST_CASE("every instruction set gives the same bits for integer products", "[products]") {
  std::mt19937 random(33);
  std::uniform_int_distribution<int> element(-448, 448);
  std::vector<std::int16_t> a(kColumns), b(kTileRows * kColumns);
  for (auto& value : a) value = static_cast<std::int16_t>(element(random));
  for (auto& value : b) value = static_cast<std::int16_t>(element(random));
  std::vector<double> scales(kTileRows * kColumns / 32);
  for (double& value : scales) value = std::ldexp(1.0, element(random) / 30);
  const std::int16_t* row = a.data();
  const double* row_scales = scales.data();
  float expected[kTileRows];
  products(Isa::portable)
      .integer(&row, &row_scales, 1, b.data(), scales.data(), kColumns, expected);
  for (const Isa isa : kIsas) {
    if (!available(isa)) continue;
    float out[kTileRows];
    products(isa).integer(&row, &row_scales, 1, b.data(), scales.data(), kColumns, out);
    for (std::size_t n = 0; n < kTileRows; ++n) CHECK(out[n] == expected[n]);
  }
}
