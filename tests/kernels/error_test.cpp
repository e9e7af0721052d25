#include <catch2/catch.hpp>
#include <limits>
#include <random>

#include "kernels/cpu/layer.h"
#include "kernels/cpu/thread_pool.h"
#include "tests/kernels/random_layer.h"

using namespace switchyard::kernels;

namespace {

constexpr LayerConfig kGood{Scheme::w_mxfp4_a_fp8, {64, 32, 8, 2}, Activation::silu, {}};

template <typename Change>
std::string config_error(const Change& change) {
  LayerConfig config = kGood;
  change(config);
  const auto ok = validate(config);
  return ok ? "" : ok.error().message;
}

template <typename Change>
std::string weights_error(const Change& change) {
  std::mt19937 random(61);
  RandomLayer layer = random_layer(kGood, random);
  change(layer.weights);
  const auto prepared = cpu::prepare(kGood, layer.weights, {});
  return prepared ? "" : prepared.error().message;
}

}  // namespace

TEST_CASE("a shape that no kernel can run is refused with its reason", "[errors]") {
  CHECK(config_error([](LayerConfig&) {}) == "");
  CHECK(config_error([](LayerConfig& c) { c.shape.hidden = 48; }) ==
        "hidden is 48, but must be a multiple of 32: MX scales cover blocks of 32 along it; pad "
        "the weights, or use a dense bf16 layer");
  CHECK_THAT(config_error([](LayerConfig& c) { c.shape.intermediate = 33; }),
             Catch::StartsWith("intermediate is 33, but must be a multiple of 32"));
  CHECK(config_error([](LayerConfig& c) { c.shape.hidden = 0; }) ==
        "hidden is 0, but must be 1 .. 16777216");
  CHECK(config_error([](LayerConfig& c) { c.shape.intermediate = -32; }) ==
        "intermediate is -32, but must be 1 .. 16777216");
  CHECK(config_error([](LayerConfig& c) { c.shape.experts = 0; }) ==
        "experts is 0, but must be 1 .. 16777216");
  CHECK(config_error([](LayerConfig& c) { c.shape.top_k = 9; }) ==
        "top_k is 9, but must be 1 .. experts, 8");
  CHECK(config_error([](LayerConfig& c) { c.shape.top_k = 0; }) ==
        "top_k is 0, but must be 1 .. experts, 8");
}

TEST_CASE("a router that cannot work is refused with its reason", "[errors]") {
  const auto grouped = [](std::int64_t groups, std::int64_t top_groups, float factor = 1.0f) {
    return config_error([&](LayerConfig& c) {
      c.router = {Router::Kind::sigmoid_grouped, true, groups, top_groups, factor};
    });
  };
  CHECK(grouped(4, 2) == "");
  CHECK(grouped(3, 1) == "router groups is 3, but must divide experts, 8");
  CHECK(grouped(0, 1) == "router groups is 0, but must divide experts, 8");
  CHECK_THAT(grouped(8, 4), Catch::StartsWith("router groups is 8 for 8 experts, but"));
  CHECK(grouped(4, 5) == "router top_groups is 5, but must be 1 .. 4");
  CHECK(grouped(4, 0) == "router top_groups is 0, but must be 1 .. 4");
  CHECK(grouped(4, 1, std::numeric_limits<float>::infinity()) ==
        "router scaling_factor is not finite");
  CHECK(config_error([](LayerConfig& c) {
          c.router = {Router::Kind::sigmoid_grouped, true, 4, 1, 1.0f};
          c.shape.top_k = 3;
        }) == "router top_groups is 1, which leaves 2 experts, fewer than top_k, 3");
}

TEST_CASE("weights that do not fit are refused with their reason", "[errors]") {
  CHECK(weights_error([](LayerWeights&) {}) == "");
  CHECK(weights_error([](LayerWeights& w) { w.experts.pop_back(); }) ==
        "weights of 7 experts were given, but experts is 8");
  CHECK(weights_error([](LayerWeights& w) { w.experts[3].up.elements = nullptr; }) ==
        "expert 3: up has no elements");
  CHECK(weights_error([](LayerWeights& w) { w.experts[5].down.scales = nullptr; }) ==
        "expert 5: down has no scales");
  CHECK(weights_error([](LayerWeights& w) { w.experts[0].gate.row_step = 0; }) ==
        "expert 0: gate has row_step 0, but it must be at least 1");
  CHECK(weights_error([](LayerWeights& w) { w.router = {}; }) == "the layer has no router weight");
  CHECK(weights_error([](LayerWeights& w) { w.correction_bias = w.router; }) ==
        "a correction bias was given, but only the sigmoid_grouped router uses one");
  CHECK_THAT(weights_error([](LayerWeights& w) { w.input_scale = 0; }),
             Catch::StartsWith("input_scale is 0.000000, but w_mxfp4_a_fp8 needs a positive"));
  CHECK_THAT(weights_error(
                 [](LayerWeights& w) { w.hidden_scale = std::numeric_limits<float>::quiet_NaN(); }),
             Catch::StartsWith("hidden_scale is nan, but w_mxfp4_a_fp8 needs"));
}

TEST_CASE("a run whose arguments do not fit is refused with its reason", "[errors]") {
  std::mt19937 random(62);
  const RandomLayer layer = random_layer(kGood, random);
  auto prepared = cpu::prepare(kGood, layer.weights, {});
  REQUIRE(prepared);
  ThreadPool pool(1);
  const auto x = random_tokens(2, 64, random);
  std::vector<float> out(x.size());
  const auto error = [&](std::span<const Bf16> input, const Routing& routing) {
    const auto ok = (*prepared)->run(input, routing, out.data(), pool);
    return ok ? "" : ok.error().message;
  };
  const Routing good{2, 2, {0, 1, 6, 7}, {1, 1, 1, 1}};
  CHECK(error(x, good) == "");
  CHECK(error(std::span(x).first(64), good) ==
        "x has 64 elements, but 2 tokens of hidden 64 were routed");
  Routing bad = good;
  bad.experts[2] = 8;
  CHECK(error(x, bad) == "token 1 is routed to expert 8, but experts are 0 .. 7");
  bad.experts[2] = -1;
  CHECK(error(x, bad) == "token 1 is routed to expert -1, but experts are 0 .. 7");
  bad.experts[2] = 7;
  CHECK(error(x, bad) == "token 1 is routed to expert 7 twice");
  bad = good;
  bad.weights.pop_back();
  CHECK(error(x, bad) ==
        "the routing is not of shape [tokens, 2]: tokens is 2, with 4 experts and 3 weights");
  bad = good;
  bad.top_k = 1;
  CHECK_THAT(error(x, bad), Catch::StartsWith("the routing is not of shape [tokens, 2]"));
}

TEST_CASE("an instruction set that is not there is refused", "[errors]") {
  std::mt19937 random(63);
  const RandomLayer layer = random_layer(kGood, random);
  for (const cpu::Isa isa : cpu::kIsas) {
    const auto prepared = cpu::prepare(kGood, layer.weights, {Variant::packed, 64, isa});
    CHECK(prepared.has_value() == cpu::available(isa));
    if (!prepared) {
      CHECK_THAT(prepared.error().message,
                 Catch::Contains("no " + std::string(cpu::name_of(isa)) + " code path"));
    }
  }
}
