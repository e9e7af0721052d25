#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "kernels/cpu/layer.h"
#include "kernels/cpu/thread_pool.h"
#include "kernels/reference/reference.h"
#include "tests/kernels/random_layer.h"

using namespace switchyard::kernels;

namespace {

const Variant kVariants[] = {Variant::native, Variant::packed, Variant::emulated};

struct Outcome {
  std::vector<float> out;
  reference::Comparison comparison;
  std::int64_t expected_nan = 0, expected_infinite = 0;
};

Outcome run(const RandomLayer& layer, const std::vector<Bf16>& x, const Routing& routing,
            Variant variant) {
  ThreadPool pool(2);
  auto prepared = cpu::prepare(layer.config, layer.weights, {variant, 64, cpu::best_isa()});
  REQUIRE(prepared);
  Outcome outcome;
  outcome.out.resize(x.size());
  REQUIRE((*prepared)->run(x, routing, outcome.out.data(), pool));
  const auto tokens = all_tokens(routing.tokens);
  const auto expected = reference::run(layer.config, layer.weights, x, routing, tokens,
                                       cpu::numerics_of(layer.config.scheme, cpu::best_isa()));
  outcome.comparison = reference::compare(expected, layer.config.shape.hidden, tokens,
                                          std::span<const float>(outcome.out));
  for (const double value : expected.value) {
    outcome.expected_nan += std::isnan(value);
    outcome.expected_infinite += std::isinf(value);
  }
  return outcome;
}

RandomLayer layer_of(Scheme scheme, Activation activation, std::mt19937& random) {
  return random_layer({scheme, {64, 96, 3, 2}, activation, {}}, random, GateUpLayout::concatenated,
                      true);
}

const Routing kRouting{3, 2, {0, 1, 1, 2, 2, 0}, {0.5f, 0.25f, 1.0f, 0.125f, 0.75f, 0.5f}};

}  // namespace

TEST_CASE("NaN and infinity in x reach exactly the outputs that the definition says",
          "[non-finite]") {
  std::mt19937 random(21);
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float infinity = std::numeric_limits<float>::infinity();
  for (const SchemeInfo& scheme : kSchemes) {
    for (const Activation activation : {Activation::silu, Activation::swigluoai}) {
      const RandomLayer layer = layer_of(scheme.scheme, activation, random);
      for (const float odd : {nan, infinity, -infinity}) {
        auto x = random_tokens(3, 64, random);
        x[64 + 17] = mx::to_bf16(odd);  // token 1
        for (const Variant variant : kVariants) {
          INFO(scheme.name << " " << name_of(variant) << " " << odd);
          const Outcome outcome = run(layer, x, kRouting, variant);
          CHECK(outcome.comparison.first_failure == "");
          for (std::size_t i = 0; i < outcome.out.size(); ++i) {
            if (i / 64 != 1) REQUIRE(std::isfinite(outcome.out[i]));
          }
          // An fp8 infinity saturates; all else shows.
          const bool shows = std::isnan(odd) || scheme.activation != ActivationFormat::fp8;
          if (shows) CHECK(outcome.expected_nan + outcome.expected_infinite > 0);
        }
      }
    }
  }
}

TEST_CASE("a scale of 0xFF makes a NaN of every output that its block reaches", "[non-finite]") {
  std::mt19937 random(22);
  for (const SchemeInfo& scheme : kSchemes) {
    const auto x = random_tokens(3, 64, random);
    for (const Variant variant : kVariants) {
      INFO(scheme.name << " " << name_of(variant));
      RandomLayer down = layer_of(scheme.scheme, Activation::silu, random);
      down.down_scales[1][5 * 3 + 2] = 0xFF;  // expert 1, row 5, last block
      const Outcome one_column = run(down, x, kRouting, variant);
      CHECK(one_column.comparison.first_failure == "");
      for (std::size_t i = 0; i < one_column.out.size(); ++i) {
        const bool hit = i % 64 == 5 && i / 64 < 2;  // tokens 0 and 1 use expert 1
        REQUIRE(std::isnan(one_column.out[i]) == hit);
      }

      RandomLayer gate = layer_of(scheme.scheme, Activation::silu, random);
      gate.gate_up_scales[2][7 * 2] = 0xFF;  // expert 2: one NaN in h reaches every column
      const Outcome rows = run(gate, x, kRouting, variant);
      CHECK(rows.comparison.first_failure == "");
      for (std::size_t i = 0; i < rows.out.size(); ++i) {
        REQUIRE(std::isnan(rows.out[i]) == (i / 64 != 0));
      }
    }
  }
}

TEST_CASE("NaN biases and NaN weights of the routing propagate", "[non-finite]") {
  std::mt19937 random(23);
  const auto x = random_tokens(3, 64, random);
  for (const Variant variant : kVariants) {
    RandomLayer layer = layer_of(Scheme::w_mxfp4_a_mxfp4, Activation::silu, random);
    layer.down_bias[0][9] = std::numeric_limits<float>::quiet_NaN();
    layer.view();
    const Outcome outcome = run(layer, x, kRouting, variant);
    CHECK(outcome.comparison.first_failure == "");
    CHECK(outcome.expected_nan == 2);
    Routing routing = kRouting;
    routing.weights[0] = std::numeric_limits<float>::quiet_NaN();
    const Outcome weight = run(layer, x, routing, variant);
    CHECK(weight.comparison.first_failure == "");
    CHECK(weight.expected_nan == 64 + 1);
  }
}

TEST_CASE("very large and very small values stay within the bound", "[non-finite]") {
  std::mt19937 random(24);
  for (const SchemeInfo& scheme : kSchemes) {
    for (const int shift : {-120, -60, 40}) {
      RandomLayer layer = layer_of(scheme.scheme, Activation::silu, random);
      layer.biases = false;
      layer.view();
      auto x = random_tokens(3, 64, random);
      for (Bf16& value : x) value = mx::to_bf16(std::ldexp(mx::to_float(value), shift));
      for (const Variant variant : kVariants) {
        INFO(scheme.name << " " << name_of(variant) << " 2^" << shift);
        const Outcome outcome = run(layer, x, kRouting, variant);
        CHECK(outcome.comparison.first_failure == "");
        CHECK(outcome.expected_nan == 0);
      }
    }
  }
}

TEST_CASE("extreme scales of the weights stay within the bound", "[non-finite]") {
  std::mt19937 random(25);
  for (const SchemeInfo& scheme : kSchemes) {
    for (const std::uint8_t scale : {0x00, 0x01, 0x20, 0xA0, 0xFA}) {
      RandomLayer layer = layer_of(scheme.scheme, Activation::silu, random);
      for (auto& scales : layer.down_scales) {
        for (std::size_t i = 0; i < scales.size(); i += 3) scales[i] = scale;
      }
      const auto x = random_tokens(3, 64, random);
      for (const Variant variant : kVariants) {
        INFO(scheme.name << " " << name_of(variant) << " scale " << int{scale});
        CHECK(run(layer, x, kRouting, variant).comparison.first_failure == "");
      }
    }
  }
}
