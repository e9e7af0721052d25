#include "kernels/cpu/layer.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstring>
#include <limits>

#include "kernels/cpu/thread_pool.h"
#include "kernels/reference/reference.h"
#include "tests/kernels/random_layer.h"

using namespace switchyard::kernels;

namespace {

constexpr float kPoison = 1.25e30f;  // what no output may be left at

struct Case {
  LayerConfig config;
  GateUpLayout layout;
  bool biases;
};

// Odd shapes: one block and many, I above and below H, more experts than tokens hit, top_k == E.
std::vector<Case> cases(Scheme scheme) {
  Router softmax;
  Router renormalised{Router::Kind::top_k_of_softmax, true, 1, 1, 1.0f};
  Router plain{Router::Kind::top_k_of_softmax, false, 1, 1, 1.0f};
  Router deepseek{Router::Kind::sigmoid_grouped, true, 4, 2, 2.5f};
  const auto silu = Activation::silu, swigluoai = Activation::swigluoai;
  const auto apart = GateUpLayout::concatenated, woven = GateUpLayout::interleaved;
  return {
      {{scheme, {96, 160, 5, 2}, swigluoai, softmax}, woven, true},
      {{scheme, {160, 32, 6, 3}, silu, renormalised}, apart, false},
      {{scheme, {32, 96, 3, 3}, silu, plain}, apart, true},
      {{scheme, {64, 64, 8, 4}, silu, deepseek}, apart, false},
      {{scheme, {32, 32, 1, 1}, swigluoai, renormalised}, woven, false},
  };
}

std::vector<float> run(const RandomLayer& layer, const std::vector<Bf16>& x, const Routing& routing,
                       const cpu::Options& options, int threads) {
  ThreadPool pool(threads);
  auto prepared = cpu::prepare(layer.config, layer.weights, options);
  REQUIRE(prepared);
  std::vector<float> out(x.size(), kPoison);
  REQUIRE((*prepared)->run(x, routing, out.data(), pool));
  return out;
}

Routing route(const RandomLayer& layer, const std::vector<Bf16>& x) {
  ThreadPool pool(1);
  auto prepared = cpu::prepare(layer.config, layer.weights, {});
  REQUIRE(prepared);
  return (*prepared)->route(x, pool);
}

void check(const RandomLayer& layer, const std::vector<Bf16>& x, const Routing& routing,
           const cpu::Options& options, std::vector<double>& relative_bounds) {
  const std::vector<float> out = run(layer, x, routing, options, 2);
  const auto tokens = all_tokens(routing.tokens);
  const auto numerics = cpu::numerics_of(layer.config.scheme, options.isa);
  const auto expected = reference::run(layer.config, layer.weights, x, routing, tokens, numerics);
  const auto comparison =
      reference::compare(expected, layer.config.shape.hidden, tokens, std::span<const float>(out));
  INFO("variant " << name_of(options.variant) << ", isa " << cpu::name_of(options.isa) << ", error "
                  << comparison.error << ", bound " << comparison.bound);
  CHECK(comparison.first_failure == "");
  CHECK(comparison.failures == 0);
  CHECK(comparison.elements == static_cast<std::int64_t>(out.size()));
  for (std::size_t i = 0; i < expected.value.size(); ++i) {
    relative_bounds.push_back(expected.bound[i] / expected.magnitude[i]);
  }
}

const Variant kVariants[] = {Variant::native, Variant::packed, Variant::emulated};

}  // namespace

TEST_CASE("every scheme and variant is within its bound of the reference", "[layer]") {
  const unsigned seed = std::random_device{}();
  std::mt19937 random(seed);
  std::vector<double> bounds;
  for (const SchemeInfo& scheme : kSchemes) {
    for (const Case& c : cases(scheme.scheme)) {
      const RandomLayer layer = [&] {
        RandomLayer made = random_layer(c.config, random, c.layout, c.biases);
        made.view();
        return made;
      }();
      for (const std::int64_t tokens : {0, 1, 7}) {
        INFO("seed " << seed << ", scheme " << scheme.name << ", hidden " << c.config.shape.hidden
                     << ", tokens " << tokens);
        const auto x = random_tokens(tokens, c.config.shape.hidden, random);
        const Routing routing = route(layer, x);
        REQUIRE(routing.tokens == tokens);
        for (const Variant variant : kVariants) {
          check(layer, x, routing, {variant, 64, cpu::best_isa()}, bounds);
        }
      }
    }
  }
  // The bounds are no blank cheque: few values are next to a tie of the quantised h, the others
  // have a short chain of float roundings times the cancellation in gate and up.
  std::sort(bounds.begin(), bounds.end());
  CHECK(bounds[bounds.size() / 2] < 1e-3);
}

TEST_CASE("a single wrong weight is beyond the bound", "[layer]") {
  std::mt19937 random(17);
  for (const SchemeInfo& scheme : kSchemes) {
    const Case c = cases(scheme.scheme)[1];
    RandomLayer layer = random_layer(c.config, random, c.layout, c.biases);
    const auto x = random_tokens(4, c.config.shape.hidden, random);
    const Routing routing = route(layer, x);
    const auto tokens = all_tokens(4);
    const auto expected = reference::run(c.config, layer.weights, x, routing, tokens,
                                         cpu::numerics_of(scheme.scheme, cpu::best_isa()));
    layer.down[static_cast<std::size_t>(routing.experts[0])][3] ^= 0x04;
    for (const Variant variant : kVariants) {
      const auto out = run(layer, x, routing, {variant, 64, cpu::best_isa()}, 1);
      CHECK(reference::compare(expected, c.config.shape.hidden, tokens, std::span<const float>(out))
                .failures > 0);
    }
  }
}

TEST_CASE("every instruction set of this processor is within the bound", "[layer]") {
  std::mt19937 random(11);
  std::vector<double> bounds;
  for (const SchemeInfo& scheme : kSchemes) {
    const Case c = cases(scheme.scheme)[0];
    const RandomLayer layer = random_layer(c.config, random, c.layout, c.biases);
    const auto x = random_tokens(5, c.config.shape.hidden, random);
    const Routing routing = route(layer, x);
    for (const cpu::Isa isa : cpu::kIsas) {
      if (!cpu::available(isa)) continue;
      for (const Variant variant : kVariants) check(layer, x, routing, {variant, 3, isa}, bounds);
    }
  }
}

TEST_CASE("threads and block_m change no bit", "[layer]") {
  std::mt19937 random(12);
  for (const SchemeInfo& scheme : kSchemes) {
    const Case c = cases(scheme.scheme)[0];
    const RandomLayer layer = random_layer(c.config, random, c.layout, c.biases);
    const auto x = random_tokens(33, c.config.shape.hidden, random);
    const Routing routing = route(layer, x);
    for (const Variant variant : kVariants) {
      const auto once = run(layer, x, routing, {variant, 64, cpu::best_isa()}, 1);
      for (const std::size_t block_m : {1u, 7u, 256u}) {
        for (const int threads : {1, 2, 5}) {
          const auto again = run(layer, x, routing, {variant, block_m, cpu::best_isa()}, threads);
          CHECK(std::memcmp(once.data(), again.data(), once.size() * sizeof(float)) == 0);
        }
      }
    }
  }
}

TEST_CASE("chunks of tokens and batches of experts change no bit", "[layer]") {
  std::mt19937 random(18);
  for (const SchemeInfo& scheme : kSchemes) {
    const Case c = cases(scheme.scheme)[1];
    const RandomLayer layer = random_layer(c.config, random, c.layout, c.biases);
    const auto x = random_tokens(11, c.config.shape.hidden, random);
    const Routing routing = route(layer, x);
    for (const Variant variant : kVariants) {
      cpu::Options options{variant, 64, cpu::best_isa()};
      const auto whole = run(layer, x, routing, options, 2);
      // One byte: a token and an expert at a time; the others: a few of each.
      for (const std::size_t bytes : {1u, 9000u, 70000u}) {
        options.workspace_bytes = bytes;
        CHECK(run(layer, x, routing, options, 2) == whole);
      }
    }
  }
}

TEST_CASE("all tokens on one expert, and experts without a token", "[layer]") {
  std::mt19937 random(13);
  std::vector<double> bounds;
  for (const SchemeInfo& scheme : kSchemes) {
    LayerConfig config{scheme.scheme, {64, 96, 7, 1}, Activation::silu, {}};
    const RandomLayer layer = random_layer(config, random);
    const auto x = random_tokens(9, 64, random);
    const Routing routing{9, 1, std::vector<std::int32_t>(9, 4), std::vector<float>(9, 0.75f)};
    for (const Variant variant : kVariants) {
      check(layer, x, routing, {variant, 4, cpu::best_isa()}, bounds);
    }
  }
}

TEST_CASE("a bf16 output is the float output rounded once", "[layer]") {
  std::mt19937 random(14);
  const Case c = cases(Scheme::w_mxfp4)[0];
  const RandomLayer layer = random_layer(c.config, random, c.layout, c.biases);
  const auto x = random_tokens(6, c.config.shape.hidden, random);
  const Routing routing = route(layer, x);
  const auto floats = run(layer, x, routing, {}, 1);
  ThreadPool pool(2);
  auto prepared = cpu::prepare(c.config, layer.weights, {});
  std::vector<Bf16> rounded(x.size());
  REQUIRE((*prepared)->run(x, routing, rounded.data(), pool));
  for (std::size_t i = 0; i < floats.size(); ++i) {
    REQUIRE(rounded[i].bits == mx::to_bf16(floats[i]).bits);
  }
  const auto tokens = all_tokens(6);
  const auto expected = reference::run(c.config, layer.weights, x, routing, tokens,
                                       cpu::numerics_of(c.config.scheme, cpu::Isa::portable));
  CHECK(reference::compare(expected, c.config.shape.hidden, tokens, std::span<const Bf16>(rounded))
            .failures == 0);
}

TEST_CASE("one layer runs again on other tokens", "[layer]") {
  std::mt19937 random(15);
  for (const Variant variant : kVariants) {
    const Case c = cases(Scheme::w_mxfp6_e2m3_a_fp8)[1];
    const RandomLayer layer = random_layer(c.config, random, c.layout, c.biases);
    auto prepared = cpu::prepare(c.config, layer.weights, {variant, 8, cpu::best_isa()});
    REQUIRE(prepared);
    ThreadPool pool(2);
    for (const std::int64_t tokens : {5, 1, 0, 20}) {
      const auto x = random_tokens(tokens, c.config.shape.hidden, random);
      const Routing routing = (*prepared)->route(x, pool);
      std::vector<float> out(x.size(), kPoison);
      REQUIRE((*prepared)->run(x, routing, out.data(), pool));
      CHECK(out == run(layer, x, routing, {variant, 8, cpu::best_isa()}, 1));
    }
  }
}

TEST_CASE("interleaved and concatenated layouts hold the same layer", "[layer]") {
  std::mt19937 random(16);
  const LayerConfig config{Scheme::w_mxfp6_e3m2, {64, 96, 2, 2}, Activation::silu, {}};
  RandomLayer woven = random_layer(config, random, GateUpLayout::interleaved, true);
  RandomLayer apart = woven;
  apart.layout = GateUpLayout::concatenated;
  const std::size_t row = 64 * 6 / 8, scale_row = 2;
  for (std::size_t e = 0; e < 2; ++e) {
    for (std::size_t i = 0; i < 96; ++i) {
      for (const std::size_t up : {0u, 1u}) {
        const std::size_t from = 2 * i + up, to = up * 96 + i;
        std::copy_n(woven.gate_up[e].begin() + static_cast<std::ptrdiff_t>(from * row), row,
                    apart.gate_up[e].begin() + static_cast<std::ptrdiff_t>(to * row));
        std::copy_n(woven.gate_up_scales[e].begin() + static_cast<std::ptrdiff_t>(from * scale_row),
                    scale_row,
                    apart.gate_up_scales[e].begin() + static_cast<std::ptrdiff_t>(to * scale_row));
        apart.gate_up_bias[e][to] = woven.gate_up_bias[e][from];
      }
    }
  }
  woven.view();
  apart.view();
  const auto x = random_tokens(4, 64, random);
  const Routing routing = route(woven, x);
  for (const Variant variant : kVariants) {
    CHECK(run(woven, x, routing, {variant, 64, cpu::best_isa()}, 2) ==
          run(apart, x, routing, {variant, 64, cpu::best_isa()}, 2));
  }
}
