#pragma once

#include <algorithm>
#include <catch2/catch.hpp>
#include <random>
#include <vector>

#include "kernels/cpu/thread_pool.h"
#include "kernels/gpu/kernels.h"
#include "kernels/gpu/layer.h"
#include "kernels/reference/reference.h"
#include "tests/device/devices.h"
#include "tests/kernels/random_layer.h"

// Whole layers on the host executor, compared with the double-precision reference.
namespace switchyard::kernels::device {

using host::Model;
using host::Order;

inline constexpr float kPoison = 1.25e30f;

struct Case {
  Shape shape;
  Activation activation;
  GateUpLayout layout;
  bool biases;
};

// Half tiles of columns and steps, one block, I above and below H.
inline const Case kCases[] = {
    {{64, 96, 5, 2}, Activation::swigluoai, GateUpLayout::interleaved, true},
    {{96, 32, 4, 3}, Activation::silu, GateUpLayout::concatenated, false},
    {{32, 160, 3, 1}, Activation::silu, GateUpLayout::concatenated, true},
};

inline const Kernel& kernel_of(const std::vector<Kernel>& kernels, Variant variant) {
  for (const Kernel& kernel : kernels) {
    if (kernel.name == name_of(variant)) return kernel;
  }
  FAIL("no kernel " << name_of(variant));
  return kernels.front();
}

struct Run {
  Variant variant;
  Model model;
  Order order = {};
  std::vector<ParameterValue> parameters = {{"block_m", 16}};
};

// Distinct experts at random, expert 0 never where there are others enough.
inline Routing random_routing(std::int64_t tokens, const Shape& shape, std::mt19937& random) {
  Routing routing{tokens, shape.top_k, {}, {}};
  std::vector<std::int32_t> experts;
  for (std::int64_t e = shape.experts > shape.top_k ? 1 : 0; e < shape.experts; ++e) {
    experts.push_back(static_cast<std::int32_t>(e));
  }
  std::uniform_real_distribution<float> weight(0.05f, 1.0f);
  for (std::int64_t t = 0; t < tokens; ++t) {
    std::shuffle(experts.begin(), experts.end(), random);
    for (std::int64_t j = 0; j < shape.top_k; ++j) {
      routing.experts.push_back(experts[static_cast<std::size_t>(j)]);
      routing.weights.push_back(weight(random));
    }
  }
  return routing;
}

inline const Variant kVariants[] = {Variant::native, Variant::packed, Variant::emulated};

// Native is gfx950's.
inline bool has(Variant variant, Model model) {
  return variant != Variant::native || model == Model::gfx950;
}

inline std::vector<float> run(const RandomLayer& layer, const std::vector<Bf16>& x, const Routing& routing,
                       const Run& how) {
  const auto device = host::make_host_device({how.model, how.order, {}});
  const auto kernels = gpu::gpu_kernels(*device);
  auto prepared =
      prepare(kernel_of(kernels, how.variant), layer.config, layer.weights, how.parameters);
  if (!prepared) FAIL(prepared.error().message);
  ThreadPool pool(1);
  std::vector<float> out(x.size(), kPoison);
  const auto ok = (*prepared)->run(x, routing, out.data(), pool);
  if (!ok) FAIL(ok.error().message);
  return out;
}

inline void check(const RandomLayer& layer, const std::vector<Bf16>& x, const Routing& routing,
           const Run& how) {
  if (!has(how.variant, how.model)) return;
  INFO(name_of(how.variant) << " on " << host::name_of(how.model) << ", scheme "
                            << info(layer.config.scheme).name << ", hidden "
                            << layer.config.shape.hidden << ", tokens " << routing.tokens);
  const std::vector<float> out = run(layer, x, routing, how);
  const auto tokens = all_tokens(routing.tokens);
  const auto expected = reference::run(layer.config, layer.weights, x, routing, tokens,
                                       gpu::numerics_of(layer.config.scheme));
  const auto comparison =
      reference::compare(expected, layer.config.shape.hidden, tokens, std::span<const float>(out));
  CHECK(comparison.first_failure == "");
  CHECK(comparison.failures == 0);
  CHECK(comparison.elements == static_cast<std::int64_t>(out.size()));
}

inline RandomLayer layer_of(Scheme scheme, const Case& c, std::mt19937& random) {
  RandomLayer layer = random_layer({scheme, c.shape, c.activation, {}}, random, c.layout, c.biases);
  layer.view();
  return layer;
}

}  // namespace switchyard::kernels::device
