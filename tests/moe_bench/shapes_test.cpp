#include "runtime/bench/shapes.h"

#include <catch2/catch.hpp>
#include <set>

#include "runtime/bench/floor.h"
#include "runtime/bench/matrix_rate.h"
#include "runtime/bench/workload.h"

using namespace switchyard;
using namespace switchyard::bench;

TEST_CASE("shapes by a model's name and by numbers", "[shapes]") {
  const auto known = find_shape("deepseek-v3");
  REQUIRE(known);
  CHECK(known->model_type == "deepseek_v3");
  CHECK(known->shape.hidden == 7168);
  CHECK(known->shape.experts == 256);
  CHECK(known->router.top_groups == 4);
  const auto numbers = find_shape("64x96x5x2");
  REQUIRE(numbers);
  CHECK(numbers->shape.hidden == 64);
  CHECK(numbers->shape.intermediate == 96);
  CHECK(numbers->shape.experts == 5);
  CHECK(numbers->shape.top_k == 2);
  for (const char* name : {"gpt-oss-120b", "qwen3-235b", "deepseek-v3"}) {
    kernels::LayerConfig config;
    config.shape = find_shape(name)->shape;
    config.router = find_shape(name)->router;
    CHECK(kernels::validate(config));
  }
}

TEST_CASE("a shape that is none, and why", "[shapes]") {
  const auto error = [](const char* text) { return find_shape(text).error().message; };
  CHECK(error("gpt-os-120b") ==
        "there is no shape `gpt-os-120b`; did you mean `gpt-oss-120b`?; there are gpt-oss-120b, "
        "qwen3-235b, deepseek-v3, and HxIxExK such as 2880x2880x128x4 (hidden, intermediate, "
        "experts, experts a token)");
  for (const char* text : {"", "64", "64x64x4", "64x64x4x2x1", "64x64x4x2 ", "x64x4x2", "64x64x4xk",
                           "64X64X4X2", "99999999999999999999x64x4x2"}) {
    CAPTURE(text);
    CHECK_THAT(error(text), Catch::StartsWith("there is no shape `"));
  }
  CHECK(error("64x64x2097152x2") ==
        "shape `64x64x2097152x2`: 2097152 is too large; 1048576 at most");
  CHECK_THAT(error("65x64x4x2"), Catch::StartsWith("shape `65x64x4x2`: ") && Catch::Contains("65"));
  CHECK_THAT(error("64x64x4x5"), Catch::StartsWith("shape `64x64x4x5`: ") && Catch::Contains("5"));
  CHECK_THAT(error("-64x64x4x2"), Catch::StartsWith("shape `-64x64x4x2`: "));
}

TEST_CASE("weights and batches: the same for a seed, hits counted, experts distinct",
          "[workload]") {
  kernels::LayerConfig config;
  config.shape = {64, 96, 5, 2};
  for (const kernels::SchemeInfo& scheme : kernels::kSchemes) {
    config.scheme = scheme.scheme;
    const auto weights = RandomWeights::make(config, 7);
    REQUIRE(weights);
    CHECK(kernels::validate(config, weights->layer));
  }
  const auto a = make_batches(config.shape, 3, 2, 7), b = make_batches(config.shape, 3, 2, 7);
  REQUIRE(a.size() == 2);
  for (std::size_t i = 0; i < 2; ++i) {
    CHECK(kernels::validate(config, a[i].x, a[i].routing));
    const std::set<std::int32_t> hit(a[i].routing.experts.begin(), a[i].routing.experts.end());
    CHECK(a[i].experts_hit == static_cast<std::int64_t>(hit.size()));
    CHECK(a[i].routing.experts == b[i].routing.experts);
  }
  CHECK(a[0].routing.experts != a[1].routing.experts);
  CHECK(make_batches(config.shape, 3, 1, 8)[0].routing.experts != a[0].routing.experts);
}

TEST_CASE("no expert is hit again before all others were", "[workload]") {
  const kernels::Shape shape{64, 96, 16, 3};
  for (const std::int64_t tokens : {1, 2, 3}) {
    const std::vector<Batch> batches = make_batches(shape, tokens, 20, 7);
    std::vector<std::int64_t> last(16, -1);
    std::int64_t hits = 0;  // of experts, one a batch
    for (const Batch& batch : batches) {
      const std::set<std::int32_t> hit(batch.routing.experts.begin(), batch.routing.experts.end());
      for (const std::int32_t expert : hit) {
        std::int64_t& before = last[static_cast<std::size_t>(expert)];
        // Those of a batch are hit together, so that at least this many others came between.
        const auto together = static_cast<std::int64_t>(hit.size());
        if (before >= 0) CHECK(hits + together - before > 16 - together);
        before = hits;
      }
      hits += static_cast<std::int64_t>(hit.size());
    }
    CHECK(std::count(last.begin(), last.end(), -1) == 0);
  }
}

TEST_CASE("weights that this machine cannot hold are refused before any is made", "[workload]") {
  kernels::LayerConfig config;
  config.shape = {1 << 18, 1 << 18, 1024, 1};
  const auto weights = RandomWeights::make(config, 1);
  REQUIRE(!weights);
  CHECK_THAT(
      weights.error().message,
      Catch::StartsWith("the weights of 1024 experts are 112150.2 GB, but this machine has "));
}

TEST_CASE("floors: bytes of the experts that are hit, or the products", "[floor]") {
  const kernels::Shape shape{2880, 2880, 128, 4};
  CHECK(expert_bytes(shape, kernels::Scheme::w_mxfp4) == 3.0 * 2880 * 2880 * 4.25 / 8);
  CHECK(expert_bytes(shape, kernels::Scheme::w_mxfp6_e2m3) == 3.0 * 2880 * 2880 * 6.25 / 8);
  CHECK(layer_flops(shape, 16) == 6.0 * 16 * 4 * 2880 * 2880);
  const Floor few = floor_of(shape, kernels::Scheme::w_mxfp4, 1, 4, 4e12, 700e12);
  CHECK(few.memory);
  CHECK(few.seconds == few.bytes / 4e12);
  const Floor many = floor_of(shape, kernels::Scheme::w_mxfp4, 4096, 128, 4e12, 700e12);
  CHECK(!many.memory);
  CHECK(many.seconds == many.flops / 700e12);
  CHECK(floor_of(shape, kernels::Scheme::w_mxfp4, 4096, 128, 4e12, 0).memory);
}

TEST_CASE("matrix rates: by architecture and by what the operands are", "[floor]") {
  CHECK(matrix_rate_of("sm_90a", kernels::Scheme::w_mxfp4).flops == 705e12);
  CHECK(matrix_rate_of("gfx950", kernels::Scheme::w_mxfp4).flops == 2.5e15);
  CHECK(matrix_rate_of("gfx950", kernels::Scheme::w_mxfp4_a_fp8).flops == 5.0e15);
  CHECK(matrix_rate_of("gfx950", kernels::Scheme::w_mxfp4_a_mxfp4).flops == 10.1e15);
  CHECK(matrix_rate_of("x86_64", kernels::Scheme::w_mxfp4).flops == 0);
}
