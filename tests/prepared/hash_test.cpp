#include "runtime/prepared/hash.h"

#include <catch2/catch.hpp>
#include <random>

#include "tests/kernels/random_layer.h"

namespace switchyard {
namespace {

using namespace kernels;

RandomLayer small_layer(GateUpLayout layout, bool biases) {
  std::mt19937 random(7);
  LayerConfig config;
  config.shape = {64, 32, 3, 2};
  return random_layer(config, random, layout, biases);
}

}  // namespace

TEST_CASE("the hash of bytes does not depend on threads, and finds each change", "[hash]") {
  ThreadPool one(1), two(2);
  std::vector<std::byte> bytes((std::size_t{9} << 20) + 5);
  for (std::size_t i = 0; i < bytes.size(); ++i)
    bytes[i] = static_cast<std::byte>(i * 31 + i / 257);
  const Hash hash = hash_bytes(bytes, one);
  CHECK(hash_bytes(bytes, two) == hash);
  for (const std::size_t at : {std::size_t{0}, std::size_t{4} << 20, bytes.size() - 1}) {
    bytes[at] ^= std::byte{1};
    CHECK(hash_bytes(bytes, two) != hash);
    bytes[at] ^= std::byte{1};
  }
  CHECK(hash_bytes(std::span(bytes).first(bytes.size() - 1), one) != hash);
  CHECK(hash_bytes({}, one) == hash_bytes({}, two));
}

TEST_CASE("the hash of weights finds every element, scale and bias, and nothing else", "[hash]") {
  ThreadPool pool(2);
  for (const bool biases : {false, true}) {
    RandomLayer layer = small_layer(GateUpLayout::interleaved, biases);
    const Hash hash = hash_weights(layer.config, layer.weights, pool);
    const auto changes = [&](auto& values) {
      for (auto& value : values) {
        auto* const bytes = reinterpret_cast<std::uint8_t*>(&value);
        bytes[0] ^= 1;
        REQUIRE(hash_weights(layer.config, layer.weights, pool) != hash);
        bytes[0] ^= 1;
      }
    };
    for (std::size_t expert = 0; expert < 3; ++expert) {
      changes(layer.gate_up[expert]);
      changes(layer.gate_up_scales[expert]);
      changes(layer.down[expert]);
      changes(layer.down_scales[expert]);
      if (!biases) continue;
      changes(layer.gate_up_bias[expert]);
      changes(layer.down_bias[expert]);
    }
    layer.router[0].bits ^= 1;
    layer.weights.input_scale = 1;
    CHECK(hash_weights(layer.config, layer.weights, pool) == hash);
    layer.config.scheme = Scheme::w_mxfp4_a_mxfp4;
    CHECK(hash_weights(layer.config, layer.weights, pool) != hash);
  }
}

TEST_CASE("experts that change places, or gate and up, are other weights", "[hash]") {
  ThreadPool pool(1);
  RandomLayer layer = small_layer(GateUpLayout::concatenated, false);
  const Hash hash = hash_weights(layer.config, layer.weights, pool);
  std::swap(layer.weights.experts[0], layer.weights.experts[2]);
  CHECK(hash_weights(layer.config, layer.weights, pool) != hash);
  std::swap(layer.weights.experts[0], layer.weights.experts[2]);
  std::swap(layer.weights.experts[1].gate, layer.weights.experts[1].up);
  CHECK(hash_weights(layer.config, layer.weights, pool) != hash);
}

TEST_CASE("the layout of a checkpoint is no part of the hash", "[hash]") {
  ThreadPool pool(1);
  RandomLayer layer = small_layer(GateUpLayout::interleaved, true);
  const Hash hash = hash_weights(layer.config, layer.weights, pool);
  // The same rows, gate's first and then up's.
  const auto sorted = [](auto& rows, std::size_t row) {
    auto copy = rows;
    for (std::size_t i = 0; i < 64; ++i) {
      const std::size_t to = i % 2 * 32 + i / 2;
      std::copy_n(rows.begin() + static_cast<std::ptrdiff_t>(i * row), row,
                  copy.begin() + static_cast<std::ptrdiff_t>(to * row));
    }
    rows = copy;
  };
  for (std::size_t expert = 0; expert < 3; ++expert) {
    sorted(layer.gate_up[expert], 32);
    sorted(layer.gate_up_scales[expert], 2);
    sorted(layer.gate_up_bias[expert], 1);
  }
  layer.layout = GateUpLayout::concatenated;
  layer.view();
  CHECK(hash_weights(layer.config, layer.weights, pool) == hash);
}

}  // namespace switchyard
