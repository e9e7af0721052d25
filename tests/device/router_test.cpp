#include "kernels/cpu/router.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "kernels/gpu/layer.h"
#include "kernels/reference/reference.h"
#include "tests/device/devices.h"
#include "tests/kernels/random_layer.h"

using namespace switchyard::kernels;
using namespace switchyard::kernels::device;

namespace {

const Router kRouters[] = {
    {},
    {Router::Kind::top_k_of_softmax, true, 1, 1, 1.0f},
    {Router::Kind::top_k_of_softmax, false, 1, 1, 1.0f},
    {Router::Kind::sigmoid_grouped, true, 4, 2, 2.5f},
    {Router::Kind::sigmoid_grouped, false, 1, 1, 1.0f},
};

Routing route(gpu::Device& device, const RandomLayer& layer, const std::vector<Bf16>& x) {
  auto prepared = gpu::Layer::prepare(device, layer.config, layer.weights, {});
  REQUIRE(prepared);
  const std::int64_t hidden = layer.config.shape.hidden;
  const auto tokens = static_cast<std::int64_t>(x.size()) / hidden;
  REQUIRE((*prepared)->reserve(tokens));
  const auto pairs = static_cast<std::size_t>(tokens * layer.config.shape.top_k);
  DeviceArray<Bf16> values(device, x);
  DeviceArray<std::int32_t> experts(device, pairs);
  DeviceArray<float> weights(device, pairs);
  const auto at = [](auto& array) { return reinterpret_cast<gpu::Address>(array.data()); };
  REQUIRE((*prepared)->route(at(values), tokens, at(experts), at(weights), 0));
  const auto ok = device.synchronise(0);
  if (!ok) FAIL(ok.error().message);
  return {tokens, layer.config.shape.top_k, experts.values(), weights.values()};
}

// What the pick kernel makes of one token's logits.
Routing pick(const LayerConfig& config, const std::vector<float>& logits,
             const std::vector<float>& correction, host::Order order) {
  const auto device = host::make_host_device({host::Model::gfx950, order, {}});
  DeviceArray<float> given(*device, logits), corrections(*device, correction);
  const auto top_k = static_cast<std::size_t>(config.shape.top_k);
  DeviceArray<std::int32_t> experts(*device, top_k);
  DeviceArray<float> weights(*device, top_k);
  const auto groups = static_cast<std::uint32_t>(config.router.groups);
  const auto count = static_cast<std::uint32_t>(logits.size());
  const RouterPick argument{given.data(),
                            nullptr,
                            correction.empty() ? nullptr : corrections.data(),
                            experts.data(),
                            weights.data(),
                            1,
                            count,
                            static_cast<std::uint32_t>(top_k),
                            groups,
                            static_cast<std::uint32_t>(config.router.top_groups),
                            config.router.scaling_factor,
                            config.router.kind,
                            config.router.renormalise,
                            1};
  const auto function = device->function("switchyard_router_pick");
  REQUIRE(function);
  const auto lds = static_cast<std::uint32_t>(16 * (2 * count + groups + top_k));
  REQUIRE(device->launch(*function, {{1, 1, 1}, {256, 1, 1}, lds}, argument, 0));
  const auto ok = device->synchronise(0);
  if (!ok) FAIL(ok.error().message);
  return {1, config.shape.top_k, experts.values(), weights.values()};
}

}  // namespace

TEST_CASE("routings of random layers pass the reference's check", "[router]") {
  const unsigned seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937 random(seed);
  std::size_t turn = 0;
  for (const Router& router : kRouters) {
    for (const host::Model model : kModels) {
      const bool odd = turn % 2 != 0;
      const LayerConfig config{
          Scheme::w_mxfp4, {odd ? 96 : 320, 32, odd ? 72 : 16, 4}, Activation::silu, router};
      RandomLayer layer = random_layer(config, random, GateUpLayout::concatenated, odd);
      std::vector<float> floats;
      if (odd) {
        for (const Bf16 value : layer.router) floats.push_back(mx::to_float(value) * 1.01f);
        layer.weights.router = static_cast<const float*>(floats.data());
      }
      const auto x = random_tokens(11, config.shape.hidden, random);
      const auto device = host::make_host_device({model, kOrders[turn++ % std::size(kOrders)], {}});
      const Routing routing = route(*device, layer, x);
      const auto ok = reference::check_routing(config, layer.weights, x, routing);
      CHECK((ok ? "" : ok.error().message) == std::string());
    }
  }
}

TEST_CASE("many tokens and more experts than a workgroup's, on sm_90a", "[router]") {
  std::mt19937 random(63);
  const LayerConfig config{Scheme::w_mxfp4, {160, 32, 150, 3}, Activation::silu, kRouters[2]};
  const RandomLayer layer = random_layer(config, random, GateUpLayout::concatenated, true);
  for (const std::int64_t tokens : {1, 17, 256, 300}) {
    const auto x = random_tokens(tokens, 160, random);
    const auto device = host::make_host_device({host::Model::sm_90a, kOrders[tokens % 4], {}});
    const Routing routing = route(*device, layer, x);
    const auto ok = reference::check_routing(config, layer.weights, x, routing);
    CHECK((ok ? "" : ok.error().message) == std::string());
  }
}

TEST_CASE("ties, NaNs, infinities and groups are picked as on the CPU", "[router]") {
  std::mt19937 random(61);
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float infinity = std::numeric_limits<float>::infinity();
  const float odd[] = {nan, infinity, -infinity, 0.0f, -0.0f, 90.0f, -90.0f};
  for (const Router& router : kRouters) {
    const LayerConfig config{Scheme::w_mxfp4, {32, 32, 80, 5}, Activation::silu, router};
    for (int round = 0; round < 12; ++round) {
      std::vector<float> logits(80), correction;
      for (float& logit : logits) logit = static_cast<float>(random() % 5);  // ties
      for (int i = 0; i < round; ++i) logits[random() % 80] = odd[random() % std::size(odd)];
      if (router.kind == Router::Kind::sigmoid_grouped) {
        for (int e = 0; e < 80; ++e) correction.push_back(static_cast<float>(random() % 3) / 4);
      }
      std::vector<std::int32_t> experts(5);
      std::vector<float> weights(5);
      std::vector<float> all = correction;
      all.resize(80);
      cpu::pick(config, all, logits, experts.data(), weights.data());
      const Routing picked = pick(config, logits, correction, kOrders[round % 4]);
      CHECK(picked.experts == experts);
      for (std::size_t j = 0; j < 5; ++j) {
        CHECK(std::isnan(picked.weights[j]) == std::isnan(weights[j]));
        if (!std::isnan(weights[j])) {
          CHECK(picked.weights[j] == Approx(weights[j]).epsilon(1e-6).margin(1e-38));
        }
      }
    }
  }
}
