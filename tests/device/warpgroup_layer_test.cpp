#include "tests/device/layers.h"

// What only the layers of sm_90a have: stages in LDS, reductions shared by workgroups, weights
// shared by variants.
using namespace switchyard::kernels;
using namespace switchyard::kernels::device;

TEST_CASE("reductions longer than the stages in LDS", "[layer]") {
  std::mt19937 random(60);
  // Nine groups of 128, once in the first product and once in the second; stages are three or four.
  for (const Shape& shape : {Shape{1056, 32, 2, 1}, Shape{32, 1056, 2, 1}}) {
    const Case deep = {shape, Activation::silu, GateUpLayout::concatenated, true};
    const RandomLayer layer = layer_of(Scheme::w_mxfp4, deep, random);
    const auto x = random_tokens(3, shape.hidden, random);
    const Routing routing = random_routing(3, shape, random);
    for (const Order& order : kOrders) {
      for (const std::int64_t block_m : {16, 32, 48, 64, 128}) {
        check(layer, x, routing,
              {Variant::packed, Model::sm_90a, order, {{"block_m", block_m}, {"split_k", 1}}});
        if (block_m == 48) continue;
        check(layer, x, routing, {Variant::emulated, Model::sm_90a, order, {{"block_m", block_m}}});
      }
      check(layer, x, routing,
            {Variant::packed, Model::sm_90a, order, {{"block_m", 16}, {"split_k", 2}}});
    }
  }
}

TEST_CASE("tiles of 128 rows that are not full", "[layer]") {
  std::mt19937 random(61);
  const Case narrow = {{160, 64, 2, 1}, Activation::silu, GateUpLayout::interleaved, true};
  const RandomLayer layer = layer_of(Scheme::w_mxfp4, narrow, random);
  // Of the first expert a tile and a row, of the second each width of the matrix instructions.
  for (const std::int64_t second : {1, 32, 33, 64, 65, 96, 97, 128}) {
    const auto x = random_tokens(129 + second, 160, random);
    Routing routing = random_routing(129 + second, narrow.shape, random);
    for (std::size_t pair = 0; pair < routing.experts.size(); ++pair) {
      routing.experts[pair] = pair < 129 ? 0 : 1;
    }
    for (const Variant variant : {Variant::packed, Variant::emulated}) {
      check(layer, x, routing, {variant, Model::sm_90a, {}, {{"block_m", 128}}});
    }
  }
}

TEST_CASE("workgroups that share a reduction stay within the bound, and siblings share weights",
          "[layer]") {
  std::mt19937 random(59);
  const Case wide = {{160, 608, 3, 2}, Activation::swigluoai, GateUpLayout::interleaved, true};
  const RandomLayer layer = layer_of(Scheme::w_mxfp6_e3m2_a_mxfp6_e3m2, wide, random);
  const auto x = random_tokens(37, 160, random);
  const Routing routing = random_routing(37, wide.shape, random);
  for (const std::int64_t split_k : {2, 4}) {
    for (const Order& order : kOrders) {
      check(layer, x, routing,
            {Variant::packed, Model::sm_90a, order, {{"block_m", 16}, {"split_k", split_k}}});
    }
  }
  const auto device = host::make_host_device({Model::sm_90a, {}, {}});
  const auto prepared =
      gpu::Layer::prepare(*device, layer.config, layer.weights, {Variant::packed, 16, 1, 0});
  REQUIRE(prepared);
  CHECK((*prepared)->sibling({Variant::packed, 64, 1, 0}).has_value());
  CHECK((*prepared)->sibling({Variant::emulated, 64, 1, 0}).has_value());
  CHECK((*prepared)->sibling({Variant::native, 16, 1, 0}).error().message ==
        "variant native is gfx950's, but the device is sm_90a");
  CHECK((*prepared)->sibling({Variant::emulated, 48, 1, 0}).error().message ==
        "variant emulated has no kernel of block_m 48 on sm_90a; it has 16, 32, 64, 128");
  const auto amd = host::make_host_device({Model::gfx942, {}, {}});
  const auto there =
      gpu::Layer::prepare(*amd, layer.config, layer.weights, {Variant::packed, 16, 1, 0});
  REQUIRE(there);
  CHECK((*there)->sibling({Variant::emulated, 64, 1, 0}).error().message ==
        "variant emulated cannot share the weights of packed: they lie in another order; prepare "
        "it");
}
