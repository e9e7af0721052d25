#include "runtime/bench/check.h"

#include <catch2/catch.hpp>
#include <numeric>

#include "runtime/bench/shapes.h"

namespace switchyard::bench {

TEST_CASE("as many rows as asked for are compared, each with its own") {
  constexpr std::int64_t kTokens = 19, kHidden = 64;
  const auto shape = find_shape("64x32x4x2");
  REQUIRE(shape);
  const kernels::LayerConfig config = {kernels::Scheme::w_mxfp4, shape->shape, shape->activation,
                                       shape->router};
  const auto weights = RandomWeights::make(config, 5);
  REQUIRE(weights);
  const std::vector<Batch> batches = make_batches(config.shape, kTokens, 1, 6);
  const Batch& batch = batches.front();
  const kernels::Numerics numerics;
  std::vector<std::int64_t> all(kTokens);
  std::iota(all.begin(), all.end(), 0);
  const auto right =
      kernels::reference::run(config, weights->layer, batch.x, batch.routing, all, numerics);
  std::vector<kernels::Bf16> out;
  for (const double value : right.value) {
    out.push_back(kernels::mx::to_bf16(static_cast<float>(value)));
  }

  for (const std::int64_t rows : {std::int64_t{0}, std::int64_t{9}, kTokens, kTokens + 1}) {
    CAPTURE(rows);
    ReferenceCheck check(config, weights->layer, batch, rows);
    CHECK(check.rows() == static_cast<std::size_t>(rows == 0 ? 8 : std::min(rows, kTokens)));
    CHECK(check.problem_of(out, numerics) == "");
  }
  ReferenceCheck check(config, weights->layer, batch, kTokens);
  for (std::size_t token = 0; token < std::size_t{kTokens}; ++token) {
    std::vector<kernels::Bf16> wrong = out;
    wrong[token * kHidden + 7].bits ^= 0x8000;
    CAPTURE(token);
    CHECK_THAT(check.problem_of(wrong, numerics),
               Catch::StartsWith("1 of 1216 compared values are beyond their bound: "));
  }
}

}  // namespace switchyard::bench
