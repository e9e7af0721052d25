#include "kernels/cpu/router.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "kernels/reference/reference.h"
#include "tests/kernels/random_layer.h"

using namespace switchyard::kernels;

namespace {

struct Picked {
  std::vector<std::int32_t> experts;
  std::vector<float> weights;
};

Picked pick(const LayerConfig& config, const std::vector<float>& logits,
            std::vector<float> correction = {}) {
  const auto top_k = static_cast<std::size_t>(config.shape.top_k);
  correction.resize(logits.size());
  Picked picked{std::vector<std::int32_t>(top_k), std::vector<float>(top_k)};
  cpu::pick(config, correction, logits, picked.experts.data(), picked.weights.data());
  return picked;
}

LayerConfig config_of(Router router, std::int64_t experts, std::int64_t top_k) {
  return {Scheme::w_mxfp4, {32, 32, experts, top_k}, Activation::silu, router};
}

}  // namespace

TEST_CASE("softmax over the picked logits", "[router]") {
  const auto picked = pick(config_of({}, 4, 2), {1.0f, 3.0f, 2.0f, -1.0f});
  CHECK(picked.experts == std::vector<std::int32_t>{1, 2});
  CHECK(picked.weights[0] == Approx(1 / (1 + std::exp(-1.0))));
  CHECK(picked.weights[0] + picked.weights[1] == Approx(1));
}

TEST_CASE("top k of the softmax over all, with and without renormalising", "[router]") {
  Router router{Router::Kind::top_k_of_softmax, false, 1, 1, 1.0f};
  const std::vector<float> logits = {0.0f, std::log(2.0f), std::log(4.0f), 0.0f};
  auto picked = pick(config_of(router, 4, 2), logits);
  CHECK(picked.experts == std::vector<std::int32_t>{2, 1});
  CHECK(picked.weights[0] == Approx(0.5));
  CHECK(picked.weights[1] == Approx(0.25));
  router.renormalise = true;
  picked = pick(config_of(router, 4, 2), logits);
  CHECK(picked.weights[0] == Approx(2.0 / 3));
  CHECK(picked.weights[1] == Approx(1.0 / 3));
}

TEST_CASE("DeepSeek-V3: groups, correction bias, scaling factor", "[router]") {
  // sigmoid(0) = 1/2 everywhere; the correction alone decides, and does not enter the weights.
  Router router{Router::Kind::sigmoid_grouped, true, 3, 1, 2.5f};
  const std::vector<float> logits(6, 0.0f);
  // Group 0 holds the single best expert, group 2 the best pair.
  const auto picked = pick(config_of(router, 6, 2), logits, {0.9f, 0.0f, 0.1f, 0.1f, 0.5f, 0.6f});
  CHECK(picked.experts == std::vector<std::int32_t>{5, 4});
  CHECK(picked.weights[0] == Approx(1.25));
  CHECK(picked.weights[1] == Approx(1.25));
  router.renormalise = false;
  CHECK(pick(config_of(router, 6, 2), logits).weights[0] == Approx(1.25));
  // One group: every expert stands for election.
  router.groups = 1;
  CHECK(pick(config_of(router, 6, 2), logits, {0.9f, 0.0f, 0.1f, 0.1f, 0.5f, 0.6f}).experts ==
        std::vector<std::int32_t>{0, 5});
}

TEST_CASE("ties go to the lower index, a NaN ranks first and shows", "[router]") {
  for (const auto kind : {Router::Kind::softmax_of_top_k, Router::Kind::top_k_of_softmax,
                          Router::Kind::sigmoid_grouped}) {
    const LayerConfig config = config_of({kind, false, 1, 1, 1.0f}, 5, 3);
    CHECK(pick(config, {1, 1, 1, 1, 1}).experts == std::vector<std::int32_t>{0, 1, 2});
    const float nan = std::numeric_limits<float>::quiet_NaN();
    const auto picked = pick(config, {1, 2, 0, nan, 1});
    CHECK(picked.experts == std::vector<std::int32_t>{3, 1, 0});
    CHECK(std::isnan(picked.weights[0]));
  }
}

TEST_CASE("routings of random layers pass the reference's check", "[router]") {
  const unsigned seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937 random(seed);
  const Router routers[] = {
      {},
      {Router::Kind::top_k_of_softmax, true, 1, 1, 1.0f},
      {Router::Kind::top_k_of_softmax, false, 1, 1, 1.0f},
      {Router::Kind::sigmoid_grouped, true, 4, 2, 2.5f},
      {Router::Kind::sigmoid_grouped, false, 1, 1, 1.0f},
  };
  ThreadPool pool(2);
  for (const Router& router : routers) {
    for (const bool biases : {false, true}) {
      const RandomLayer layer =
          random_layer(config_of(router, 16, 4), random, GateUpLayout::concatenated, biases);
      const auto x = random_tokens(50, 32, random);
      const auto weights = cpu::router_weights(layer.config, layer.weights);
      const Routing routing = cpu::route(layer.config, weights, x, pool);
      const auto ok = reference::check_routing(layer.config, layer.weights, x, routing);
      CHECK((ok ? "" : ok.error().message) == std::string());
    }
  }
}

TEST_CASE("the reference's check catches wrong routings", "[router]") {
  std::mt19937 random(41);
  const RandomLayer layer =
      random_layer(config_of({Router::Kind::sigmoid_grouped, true, 4, 2, 2.5f}, 16, 4), random);
  const auto x = random_tokens(3, 32, random);
  ThreadPool pool(1);
  const Routing right =
      cpu::route(layer.config, cpu::router_weights(layer.config, layer.weights), x, pool);
  const auto message = [&](const Routing& routing) {
    const auto ok = reference::check_routing(layer.config, layer.weights, x, routing);
    return ok ? std::string() : ok.error().message;
  };
  REQUIRE(message(right) == "");
  Routing wrong = right;
  wrong.weights[5] *= 1.001f;
  CHECK_THAT(message(wrong), Catch::Contains("token 1: expert") && Catch::Contains("has weight"));
  wrong = right;
  std::swap(wrong.experts[0], wrong.experts[3]);
  CHECK_THAT(message(wrong), Catch::Contains("token 0: ") && Catch::Contains("ranks above"));
  wrong = right;
  wrong.experts[9] = wrong.experts[8];
  CHECK_THAT(message(wrong), Catch::Contains("token 2: ") && Catch::Contains("picked twice"));
  wrong = right;
  wrong.experts[1] = 16;
  CHECK(message(wrong) == "token 0: expert 16 does not exist");
  for (std::int32_t expert = 0; expert < 16; ++expert) {
    wrong = right;
    bool there = false;
    for (std::size_t j = 0; j < 4; ++j) there = there || right.experts[j] == expert;
    if (there) continue;
    wrong.experts[3] = expert;
    CHECK(message(wrong) != "");
  }
  wrong = right;
  wrong.weights.pop_back();
  CHECK_THAT(message(wrong), Catch::Contains("3 tokens need 12"));
}
