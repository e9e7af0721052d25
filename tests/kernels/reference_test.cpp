#include "kernels/reference/reference.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "kernels/mx/block.h"
#include "kernels/reference/quantise.h"
#include "tests/kernels/random_layer.h"

using namespace switchyard::kernels;
using namespace switchyard::kernels::reference;

namespace {

// One expert whose matrices hold one element each: gate[0][0], up[0][0], down[0][0].
RandomLayer single(Scheme scheme, Activation activation) {
  std::mt19937 random(1);
  RandomLayer layer = random_layer({scheme, {32, 32, 1, 1}, activation, {}}, random);
  for (auto* elements : {&layer.gate_up[0], &layer.down[0]}) {
    std::fill(elements->begin(), elements->end(), std::uint8_t{0});
  }
  for (auto* scales : {&layer.gate_up_scales[0], &layer.down_scales[0]}) {
    std::fill(scales->begin(), scales->end(), std::uint8_t{127});
  }
  const std::size_t up = layer.gate_up[0].size() / 2;
  layer.gate_up[0][0] = 0x4;   // 2
  layer.gate_up[0][up] = 0x5;  // 3
  layer.down[0][0] = 0x6;      // 4
  return layer;
}

double output(const RandomLayer& layer, float x0) {
  std::vector<Bf16> x(32);
  x[0] = mx::to_bf16(x0);
  const Routing routing{1, 1, {0}, {0.5f}};
  const std::int64_t tokens[] = {0};
  const Result result = run(layer.config, layer.weights, x, routing, tokens, Numerics{});
  for (std::size_t i = 1; i < 32; ++i) CHECK(result.value[i] == 0);
  return result.value[0];
}

}  // namespace

TEST_CASE("the reference of a layer small enough to do by hand", "[reference]") {
  // x = 1: gate 2, up 3; out = 0.5 * 4 * h.
  const double silu = 2 / (1 + std::exp(-2.0)) * 3;
  CHECK(output(single(Scheme::w_mxfp4, Activation::silu), 1) == Approx(2 * silu).epsilon(1e-12));
  const double alpha = kSwigluAlpha;
  const double swiglu = 2 / (1 + std::exp(-alpha * 2)) * 4;
  CHECK(output(single(Scheme::w_mxfp4, Activation::swigluoai), 1) ==
        Approx(2 * swiglu).epsilon(1e-12));
  // x = 8: gate 16 and up 24 are clamped to 7.
  const double clamped = 7 / (1 + std::exp(-alpha * 7)) * 8;
  CHECK(output(single(Scheme::w_mxfp4, Activation::swigluoai), 8) ==
        Approx(2 * clamped).epsilon(1e-12));
  // h = 5.28… becomes the fp4 block {scale 2^0, 6}.
  CHECK(output(single(Scheme::w_mxfp4_a_mxfp4, Activation::silu), 1) == 12.0);
  // -8: up is clamped to -7 and gate is not: h = -16 sigmoid(-27.2) (-6).
  const double low = -16 / (1 + std::exp(alpha * 16)) * -6;
  CHECK(output(single(Scheme::w_mxfp4, Activation::swigluoai), -8) ==
        Approx(2 * low).epsilon(1e-9));
}

TEST_CASE("quantisation bounds are zero away from ties and one step next to them", "[reference]") {
  std::vector<Bounded> row(32, Bounded{0, 0});
  row[0] = {4.0, 1e-6};   // fixes the scale at 2^0
  row[1] = {0.3, 1e-6};   // nearest 0.5
  row[2] = {1.25, 1e-6};  // tie of 1 and 1.5, even is 1
  row[3] = {1.2499999, 1e-6};
  const auto q = quantise(row, ActivationFormat::mxfp4, 0, false);
  // 4 - 1e-6 would halve the scale, where 4 is 8 / 2 and saturates at 6 / 2 = 3.
  CHECK(q[0].value == 4);
  CHECK(q[0].bound == 1);
  CHECK(q[1].value == 0.5);
  CHECK(q[1].bound == 0.25);  // 0.25 under the other scale
  row[0] = {5.0, 1e-6};
  const auto r = quantise(row, ActivationFormat::mxfp4, 0, false);
  CHECK(r[1].bound == 0);
  CHECK(r[2].value == 1);
  CHECK(r[2].bound == 0.5);
  CHECK(r[3].value == 1);
  CHECK(r[3].bound == 0.5);
}

TEST_CASE("the comparison tells a wrong output from a right one", "[reference]") {
  const Result result{
      {1.0, std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity(), 2.0},
      {2.0, 1.0, 1.0, 2.0},
      {1e-3, 0, 0, std::numeric_limits<double>::infinity()}};
  const std::int64_t tokens[] = {0, 2};  // rows of an output of three tokens, hidden 2
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float infinity = std::numeric_limits<float>::infinity();
  const auto failures = [&](std::vector<float> out) {
    return compare(result, 2, tokens, std::span<const float>(out));
  };
  const Comparison good = failures({1.0005f, nan, 9, 9, infinity, nan});
  CHECK(good.failures == 0);
  CHECK(good.elements == 4);
  CHECK(good.error == Approx(0.00025).epsilon(1e-3));
  CHECK(good.bound == Approx(0.0005));
  CHECK(good.worst_ratio == Approx(0.5).epsilon(1e-3));
  CHECK(failures({1.002f, nan, 9, 9, infinity, 0}).failures == 1);
  CHECK(failures({nan, nan, 9, 9, infinity, 0}).failures == 1);
  CHECK(failures({1, 0, 9, 9, infinity, 0}).failures == 1);
  const Comparison bad = failures({1, nan, 9, 9, -infinity, 0});
  CHECK(bad.failures == 1);
  CHECK_THAT(bad.first_failure, Catch::StartsWith("token 2, column 0: -inf"));
}

TEST_CASE("a weight past the range of float admits any output", "[reference]") {
  RandomLayer layer = single(Scheme::w_mxfp4, Activation::silu);
  layer.down_scales[0][0] = 254;  // 4 * 2^127
  std::vector<Bf16> x(32);
  x[0] = mx::to_bf16(1);
  const Routing routing{1, 1, {0}, {0.5f}};
  const std::int64_t tokens[] = {0};
  const Result result = run(layer.config, layer.weights, x, routing, tokens, Numerics{});
  CHECK(std::isinf(result.bound[0]));
  CHECK(std::isfinite(result.bound[1]));
}
