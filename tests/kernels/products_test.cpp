#include "kernels/cpu/products.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <cstring>
#include <random>
#include <vector>

#include "kernels/cpu/format.h"
#include "kernels/moe/numerics.h"
#include "tests/kernels/random_panel.h"

using namespace switchyard::kernels;
using namespace switchyard::kernels::cpu;

namespace {

constexpr WeightFormat kFormats[] = {WeightFormat::mxfp4, WeightFormat::mxfp6_e3m2,
                                     WeightFormat::mxfp6_e2m3};
constexpr std::size_t kCounts[] = {1, 2, 3, 5, 7, 8, 9, 16, 21, 70};

}  // namespace

TEST_CASE("the portable path is always there and the best one is available", "[products]") {
  CHECK(available(Isa::portable));
  CHECK(available(best_isa()));
  for (const Isa isa : kIsas) CHECK(isa_named(name_of(isa)) == isa);
  CHECK_FALSE(isa_named("avx1024"));
}

TEST_CASE("exact_product is the sum of products of decoded codes", "[products]") {
  std::mt19937 random(30);
  for (const WeightFormat format : kFormats) {
    // Codes by their bits in the panel's text: column 13 of row 5 alone is not zero.
    RandomPanel it(format, 1, 0, random);
    for (auto& line : it.bytes) std::memset(line.bytes, 0, sizeof(line.bytes));
    it.bytes[1].bytes[4 * 5 + 2 + 1] = 0x03;  // group 1, high word, nibble 2
    if (has_six_bits(format)) it.bytes[4].bytes[4 * 5 + 2 + 1] = 0x10;  // half 0, field 6: bit 12
    Operand operand = random_operand(1, 32, Operand::Form::bf16, ActivationFormat::bf16, random);
    float out[kPanelRows];
    exact_product(format, it.panel, operand.row(0), out);
    for (std::size_t n = 0; n < kPanelRows; ++n) CHECK((out[n] != 0) == (n == 5));
    if (format == WeightFormat::mxfp4) {
      CHECK(out[5] == 1.5f * value_of(operand.row(0), 13) * mx::decode_scale(it.panel.scales[5]));
    }
  }
}

TEST_CASE("packed and plain products agree with exact ones", "[products]") {
  std::mt19937 random(31);
  for (const Isa isa : kIsas) {
    if (!available(isa)) continue;
    for (const WeightFormat format : kFormats) {
      for (const std::size_t blocks : {1u, 3u, 17u, 33u}) {
        PanelPair pair(format, blocks, 6, random);
        std::vector<std::uint16_t> decoded[2];
        const std::uint16_t* values[2];
        for (std::size_t p = 0; p < 2; ++p) {
          decoded[p].resize(blocks * mx::kBlock * kPanelRows);
          products(isa).decode(format, pair.panels[p], decoded[p].data());
          values[p] = decoded[p].data();
        }
        for (const std::size_t count : kCounts) {
          const Operand operand = random_operand(count, blocks * mx::kBlock, Operand::Form::bf16,
                                                 ActivationFormat::bf16, random);
          const std::vector<Row> rows = rows_of(operand, count);
          products(isa).packed(format, pair.panels, rows.data(), count, pair.clear(count));
          INFO(name_of(isa));
          compare(pair, rows, static_cast<int>(mx::kBlock));
          products(isa).plain(values, blocks, rows.data(), count, pair.clear(count));
          INFO(name_of(isa));
          compare(pair, rows, static_cast<int>(mx::kBlock));
        }
      }
    }
  }
}

TEST_CASE("MX by MX is exact within a block, under the scales of both", "[products]") {
  std::mt19937 random(33);
  constexpr ActivationFormat kActivations[] = {
      ActivationFormat::mxfp4, ActivationFormat::mxfp6_e3m2, ActivationFormat::mxfp6_e2m3};
  for (const Isa isa : kIsas) {
    if (!available(isa)) continue;
    for (const WeightFormat format : kFormats) {
      for (const ActivationFormat activation : kActivations) {
        PanelPair pair(format, 1, 6, random);
        const Operand operand =
            random_operand(9, mx::kBlock, Operand::Form::mx_elements, activation, random);
        const std::vector<Row> rows = rows_of(operand, 9);
        const auto check = [&] {
          for (std::size_t p = 0; p < 2; ++p) {
            for (std::size_t m = 0; m < 9; ++m) {
              float expected[kPanelRows];
              exact_product(format, pair.panels[p], rows[m], expected);
              for (std::size_t n = 0; n < kPanelRows; ++n) {
                CHECK(pair.out[p][m * kPanelRows + n] == expected[n]);
              }
            }
          }
        };
        products(isa).packed(format, pair.panels, rows.data(), 9, pair.clear(9));
        check();
        if (products(isa).integer == nullptr || format != WeightFormat::mxfp4 ||
            activation != ActivationFormat::mxfp4) {
          continue;
        }
        products(isa).integer(pair.panels, rows.data(), 9, pair.clear(9));
        check();
      }
    }
  }
}

TEST_CASE("integer products of many blocks agree with exact ones", "[products]") {
  std::mt19937 random(34);
  for (const Isa isa : kIsas) {
    if (!available(isa) || products(isa).integer == nullptr) continue;
    for (const std::size_t count : kCounts) {
      PanelPair pair(WeightFormat::mxfp4, 5, 6, random);
      const Operand operand = random_operand(count, 5 * mx::kBlock, Operand::Form::mx_elements,
                                             ActivationFormat::mxfp4, random);
      const std::vector<Row> rows = rows_of(operand, count);
      products(isa).integer(pair.panels, rows.data(), count, pair.clear(count));
      INFO(name_of(isa));
      compare(pair, rows, static_cast<int>(mx::kBlock));
    }
  }
}

TEST_CASE("a row's products do not depend on the rows beside it", "[products]") {
  std::mt19937 random(32);
  for (const Isa isa : kIsas) {
    if (!available(isa)) continue;
    PanelPair pair(WeightFormat::mxfp4, 3, 4, random);
    const Operand operand =
        random_operand(37, 96, Operand::Form::bf16, ActivationFormat::bf16, random);
    const std::vector<Row> rows = rows_of(operand, 37);
    products(isa).packed(WeightFormat::mxfp4, pair.panels, rows.data(), 37, pair.clear(37));
    for (std::size_t m = 0; m < 37; ++m) {
      float alone[2][kPanelRows];
      float* const to[2] = {alone[0], alone[1]};
      products(isa).packed(WeightFormat::mxfp4, pair.panels, &rows[m], 1, to);
      for (std::size_t p = 0; p < 2; ++p) {
        CHECK(std::memcmp(alone[p], &pair.out[p][m * kPanelRows], sizeof(alone[p])) == 0);
      }
    }
  }
}

TEST_CASE("activations are within their ulps, and keep what is not a number", "[products]") {
  const float values[kPanelRows] = {0,    -0.0f, 1,     -1,   7,   -7,  8,   -9,
                                    0.5f, 30,    -30.f, 88.f, -88, -95, 1e4, -1e4};
  float bias[kPanelRows] = {}, up[kPanelRows], h[kPanelRows];
  for (std::size_t n = 0; n < kPanelRows; ++n) up[n] = 1.5f - values[n] / 3;
  for (const Isa isa : kIsas) {
    if (!available(isa)) continue;
    for (const Activation activation : {Activation::silu, Activation::swigluoai}) {
      float* to[] = {h};
      products(isa).activate(activation, values, up, bias, bias, 1, to);
      for (std::size_t n = 0; n < kPanelRows; ++n) {
        const bool clamped = activation == Activation::swigluoai;
        const double g = clamped ? std::min(values[n], 7.0f) : values[n];
        const double u = clamped ? std::min(std::max(up[n], -7.0f), 7.0f) + 1.0 : up[n];
        const double z = (clamped ? 1.702 : 1.0) * g;
        const double expected = g / (1 + std::exp(-z)) * u;
        INFO(name_of(isa) << " " << name_of(activation) << " of " << values[n]);
        CHECK(std::abs(h[n] - expected) <=
              (8 + std::abs(z)) * kUnitFloat * std::abs(expected) + 1e-36);
      }
      const float nan[kPanelRows] = {NAN, INFINITY};
      products(isa).activate(activation, nan, up, bias, bias, 1, to);
      CHECK(std::isnan(h[0]));
    }
  }
}
