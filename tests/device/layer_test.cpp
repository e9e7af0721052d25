#include "kernels/gpu/layer.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstring>
#include <limits>

#include "kernels/cpu/thread_pool.h"
#include "kernels/gpu/kernels.h"
#include "kernels/reference/reference.h"
#include "tests/device/layers.h"
#include "tests/kernels/random_layer.h"

using namespace switchyard::kernels;
using namespace switchyard::kernels::device;

TEST_CASE("every scheme is within its bound of the reference on every machine", "[layer]") {
  const unsigned seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937 random(seed);
  std::size_t turn = 0;
  for (const SchemeInfo& scheme : kSchemes) {
    for (const Case& c : kCases) {
      const RandomLayer layer = layer_of(scheme.scheme, c, random);
      for (const std::int64_t tokens : {0, 1, 5}) {
        const auto x = random_tokens(tokens, c.shape.hidden, random);
        const Routing routing = random_routing(tokens, c.shape, random);
        for (const Variant variant : kVariants) {
          for (const Model model : kModels) {
            check(layer, x, routing, {variant, model, kOrders[turn++ % std::size(kOrders)]});
          }
        }
      }
    }
  }
}

TEST_CASE("more tokens than a tile, every block_m", "[layer]") {
  std::mt19937 random(51);
  std::size_t turn = 0;
  for (const Variant variant : kVariants) {
    for (const Model model : kModels) {
      const RandomLayer layer = layer_of(kSchemes[1 + turn % 4].scheme, kCases[turn % 2], random);
      const auto x = random_tokens(33, layer.config.shape.hidden, random);
      const Routing routing = random_routing(33, layer.config.shape, random);
      for (const std::int64_t block_m : {16, 32, 48, 64, 128}) {
        if (block_m == 48 && (variant != Variant::packed || model != Model::sm_90a)) continue;
        if (block_m == 128 && model != Model::sm_90a) continue;
        check(layer, x, routing,
              {variant, model, kOrders[turn++ % std::size(kOrders)], {{"block_m", block_m}}});
      }
    }
  }
}

TEST_CASE("many experts, few tokens", "[layer]") {
  std::mt19937 random(62);
  const Case many = {{32, 32, 1000, 2}, Activation::silu, GateUpLayout::concatenated, false};
  const RandomLayer layer = layer_of(Scheme::w_mxfp4, many, random);
  const auto x = random_tokens(5, 32, random);
  const Routing routing = random_routing(5, many.shape, random);
  for (const Model model : {Model::gfx942, Model::sm_90a}) {
    check(layer, x, routing, {Variant::packed, model, {}, {{"block_m", 16}}});
  }
}

TEST_CASE("native takes bf16 activations by the conversion of packed, every block_m", "[layer]") {
  std::mt19937 random(59);
  std::size_t turn = 0;
  for (const Scheme scheme : {Scheme::w_mxfp4, Scheme::w_mxfp6_e3m2, Scheme::w_mxfp6_e2m3}) {
    // More than a group of 128 on both sides, and parts of one.
    const Case wide = {{160, 288, 3, 2}, Activation::swigluoai, GateUpLayout::interleaved, true};
    const RandomLayer layer = layer_of(scheme, wide, random);
    const auto x = random_tokens(35, 160, random);
    const Routing routing = random_routing(35, wide.shape, random);
    const auto packed = run(layer, x, routing, {Variant::packed, Model::gfx950});
    for (const std::int64_t block_m : {16, 32, 64}) {
      const Run how = {Variant::native,
                       Model::gfx950,
                       kOrders[turn++ % std::size(kOrders)],
                       {{"block_m", block_m}}};
      check(layer, x, routing, how);
      const auto native = run(layer, x, routing, how);
      CHECK(std::memcmp(native.data(), packed.data(), packed.size() * sizeof(float)) == 0);
    }
  }
}

TEST_CASE("block_m, order of threads and batches change no bit", "[layer]") {
  std::mt19937 random(52);
  const RandomLayer layer = layer_of(Scheme::w_mxfp4_a_mxfp6_e2m3, kCases[0], random);
  const auto x = random_tokens(19, 64, random);
  const Routing routing = random_routing(19, layer.config.shape, random);
  for (const Variant variant : kVariants) {
    for (const Model model : kModels) {
      if (!has(variant, model)) continue;
      const auto once = run(layer, x, routing, {variant, model, {}, {{"block_m", 64}}});
      for (const Order& order : kOrders) {
        for (const std::int64_t block_m : {16, 32}) {
          const auto again =
              run(layer, x, routing, {variant, model, order, {{"block_m", block_m}}});
          CHECK(std::memcmp(once.data(), again.data(), once.size() * sizeof(float)) == 0);
        }
      }
    }
  }
}

TEST_CASE("waves that share a reduction stay within the bound", "[layer]") {
  std::mt19937 random(58);
  // 480 is three and three quarters of a group of 128: parts of unequal length, and one of none.
  const Case wide = {{480, 288, 3, 2}, Activation::silu, GateUpLayout::interleaved, true};
  std::size_t turn = 0;
  for (const Scheme scheme :
       {Scheme::w_mxfp4, Scheme::w_mxfp6_e3m2_a_mxfp6_e3m2, Scheme::w_mxfp6_e2m3_a_fp8}) {
    const RandomLayer layer = layer_of(scheme, wide, random);
    const RandomLayer narrow = layer_of(scheme, kCases[turn % 3], random);
    for (const std::int64_t split_k : {1, 2, 4}) {
      for (const Model model : kModels) {
        const Run how = {Variant::packed,
                         model,
                         kOrders[turn++ % std::size(kOrders)],
                         {{"block_m", 16}, {"split_k", split_k}}};
        const auto x = random_tokens(3, 480, random);
        check(layer, x, random_routing(3, wide.shape, random), how);
        const auto few = random_tokens(2, narrow.config.shape.hidden, random);
        check(narrow, few, random_routing(2, narrow.config.shape, random), how);
      }
    }
  }
}

TEST_CASE("all tokens on one expert", "[layer]") {
  std::mt19937 random(53);
  const RandomLayer layer = layer_of(Scheme::w_mxfp6_e3m2_a_fp8, kCases[2], random);
  const auto x = random_tokens(18, 32, random);
  const Routing routing{18, 1, std::vector<std::int32_t>(18, 2), std::vector<float>(18, 0.75f)};
  for (const Variant variant : kVariants) {
    for (const Model model : kModels) check(layer, x, routing, {variant, model});
  }
}

TEST_CASE("NaN scales, NaN tokens and extreme scales are as the reference has them", "[layer]") {
  std::mt19937 random(54);
  for (const SchemeInfo& scheme : kSchemes) {
    RandomLayer layer = layer_of(scheme.scheme, kCases[0], random);
    layer.gate_up_scales[2][7 * 2] = 0xFF;
    layer.down_scales[1][5 * 3 + 2] = 0xFF;
    layer.down_scales[3][9] = 0x00;
    layer.down_scales[3][10] = 0xFA;
    layer.gate_up_scales[4][3] = 0x01;
    auto x = random_tokens(6, 64, random);
    x[64 + 17] = mx::to_bf16(std::numeric_limits<float>::quiet_NaN());
    x[2 * 64 + 3] = mx::to_bf16(-std::numeric_limits<float>::infinity());
    for (std::size_t i = 3 * 64; i < 4 * 64; ++i) {
      x[i] = mx::to_bf16(std::ldexp(mx::to_float(x[i]), -120));
    }
    const Routing routing = random_routing(6, layer.config.shape, random);
    for (const Variant variant : kVariants) {
      for (const Model model : {Model::gfx950, Model::sm_90a}) {
        check(layer, x, routing, {variant, model});
      }
    }
  }
}

TEST_CASE("a single wrong weight is beyond the bound", "[layer]") {
  std::mt19937 random(55);
  for (const Variant variant : kVariants) {
    const Scheme scheme = Scheme::w_mxfp4_a_mxfp6_e3m2;
    RandomLayer layer = layer_of(scheme, kCases[1], random);
    const auto x = random_tokens(4, 96, random);
    const Routing routing = random_routing(4, layer.config.shape, random);
    const auto tokens = all_tokens(4);
    const auto expected =
        reference::run(layer.config, layer.weights, x, routing, tokens, gpu::numerics_of(scheme));
    layer.down[static_cast<std::size_t>(routing.experts[0])][3] ^= 0x04;
    const auto out = run(layer, x, routing, {variant, Model::gfx950});
    CHECK(reference::compare(expected, 96, tokens, std::span<const float>(out)).failures > 0);
  }
}

TEST_CASE("a layer routes and runs captured, on what is in memory when it is replayed", "[layer]") {
  std::mt19937 random(56);
  const RandomLayer layer = layer_of(Scheme::w_mxfp4_a_mxfp4, kCases[0], random);
  for (const Variant variant : kVariants) {
    const Model model = variant == Variant::native ? Model::gfx950 : Model::sm_90a;
    const auto device = host::make_host_device({model, {}, {}});
    gpu::Options options;
    options.variant = variant;
    options.block_m = 16;
    options.workspace_bytes = 1;  // an expert at a time
    auto prepared = gpu::Layer::prepare(*device, layer.config, layer.weights, options);
    REQUIRE(prepared);
    REQUIRE((*prepared)->reserve(7));
    const auto tiles = (*prepared)->make_tiles(7);
    REQUIRE(tiles);
    DeviceArray<Bf16> x(*device, 7 * 64), out(*device, 7 * 64);
    DeviceArray<std::int32_t> experts(*device, 14);
    DeviceArray<float> weights(*device, 14), floats(*device, 7 * 64);
    const auto at = [](auto& array) { return reinterpret_cast<gpu::Address>(array.data()); };
    const auto stream = device->make_stream();
    REQUIRE(device->begin_capture(*stream));
    REQUIRE((*prepared)->route(at(x), 7, at(experts), at(weights), *stream));
    REQUIRE((*prepared)->group(7, at(experts), *tiles, *stream));
    REQUIRE((*prepared)->run(at(x), 7, *tiles, at(weights), {at(out), at(floats)}, *stream));
    const auto graph = device->end_capture(*stream);
    REQUIRE(graph);
    for (int round = 0; round < 2; ++round) {
      const auto tokens = random_tokens(7, 64, random);
      std::copy(tokens.begin(), tokens.end(), x.data());
      REQUIRE(device->replay(*graph, *stream));
      REQUIRE(device->synchronise(*stream));
      const Routing routing{7, 2, experts.values(), weights.values()};
      const auto routed = reference::check_routing(layer.config, layer.weights, tokens, routing);
      CHECK((routed ? "" : routed.error().message) == std::string());
      CHECK(floats.values() == run(layer, tokens, routing, {variant, model}));
      for (std::size_t i = 0; i < 7 * 64; ++i) {
        REQUIRE(out.data()[i].bits == mx::to_bf16(floats.data()[i]).bits);
      }
    }
    const std::string unreserved = "tokens is 8, but workspace is reserved for 7; reserve it first";
    CHECK((*prepared)->run(at(x), 8, *tiles, at(weights), {at(out), 0}, 0).error().message ==
          unreserved);
    CHECK((*prepared)->group(8, at(experts), *tiles, 0).error().message ==
          "the tiles are for up to 7 tokens, block_m 16, 5 experts, 2 a token, but this is a run "
          "of 8 "
          "tokens, block_m 16, 5 experts, 2 a token; make them by this layer's make_tiles");
    CHECK((*prepared)->reserve(gpu::kMostTokens + 1).error().message ==
          "tokens is 262145, but a run on a device takes at most 262144; run them in parts");
  }
}

TEST_CASE("what a caller gets wrong is named", "[layer]") {
  std::mt19937 random(57);
  const RandomLayer layer = layer_of(Scheme::w_mxfp4_a_mxfp4, kCases[0], random);
  const auto device = host::make_host_device({Model::gfx950, {}, {}});
  const auto kernels = gpu::gpu_kernels(*device);
  for (const Variant variant : kVariants) {
    const Kernel& kernel = kernel_of(kernels, variant);
    const ParameterValue odd[] = {{"block_m", 40}};
    CHECK(prepare(kernel, layer.config, layer.weights, odd).error().message ==
          "kernel `" + kernel.name + "`: parameter `block_m` is 40, but must be 16, 32 or 64");
    if (variant == Variant::packed) {
      const auto error = [&](std::int64_t block_m, std::int64_t split_k) {
        const ParameterValue given[] = {{"block_m", block_m}, {"split_k", split_k}};
        return prepare(kernel, layer.config, layer.weights, given).error().message;
      };
      CHECK(error(16, 3) == "kernel `packed`: parameter `split_k` is 3, but must be 1, 2 or 4");
      CHECK(error(32, 2) ==
            "kernel `packed`: parameter `split_k` is 2 where `block_m` is 32, but must be 1 unless "
            "`block_m` is 16");
      const auto nvidia = host::make_host_device({Model::sm_90a, {}, {}});
      const auto there = gpu::gpu_kernels(*nvidia);
      CHECK(prepare(kernel_of(there, variant), layer.config, layer.weights, odd).error().message ==
            "kernel `packed`: parameter `block_m` is 40, but must be 16, 32, 48, 64 or 128");
    }
    auto prepared = prepare(kernel, layer.config, layer.weights);
    REQUIRE(prepared);
    const auto x = random_tokens(1, 64, random);
    std::vector<Bf16> out(64);
    ThreadPool pool(1);
    CHECK((*prepared)->run(x, {1, 2, {3, 3}, {1, 1}}, out.data(), pool).error().message ==
          "token 0 is routed to expert 3 twice");
    LayerConfig wide = layer.config;
    wide.shape.experts = 1025;
    CHECK_THAT(prepare(kernel, wide, layer.weights).error().message,
               Catch::Contains("it requires `experts in 1 .. 1024`, but experts is 1025"));
  }
  CHECK(gpu::gpu_kernels("hip").front().name == "native");
  const auto older = host::make_host_device({Model::gfx942, {}, {}});
  for (const Kernel& kernel : gpu::gpu_kernels(*older)) CHECK(kernel.name != "native");
  const Kernel listed = gpu::gpu_kernels("cuda").front();
  CHECK(to_text(listed.capability.front()) == "device == cuda");
  CHECK_THAT(listed.make(layer.config, layer.weights, {}, {}).error().message,
             Catch::Contains("was listed without a device"));
}
