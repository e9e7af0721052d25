#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "kernels/error.h"
#include "kernels/moe/layer.h"
#include "kernels/moe/numerics.h"

// The layer in double precision, straight from the definition in kernels/moe/layer.h, with an error
// bound for every output element.
namespace switchyard::kernels::reference {

// The layer's output for chosen tokens, row-major [tokens.size(), H].
struct Result {
  std::vector<double> value;
  std::vector<double> magnitude;  // sum |w| |h| |Wd| (+ |bias|) of the last reduction
  std::vector<double> bound;      // |out - value| <= bound for a float output; may be infinite
};

// `tokens` are indices into x [T, H]. Experts come from `routing` (as the kernel picked them),
// and so do their weights, taken as exact; check them with `check_routing`.
// Inputs as `PreparedLayer::run` accepts them. Single-threaded; 3 * H * I multiplications a token
// and expert.
Result run(const LayerConfig& config, const LayerWeights& weights, std::span<const Bf16> x,
           const Routing& routing, std::span<const std::int64_t> tokens, const Numerics& numerics);

// Whether the routing is one that exact arithmetic could have given: the picked experts rank within
// rounding of the best, in order, and the weights are right to rounding. The error names the token.
Expected<void> check_routing(const LayerConfig& config, const LayerWeights& weights,
                             std::span<const Bf16> x, const Routing& routing);

// How far an output is from a reference.
struct Comparison {
  double error = 0;        // max |out - ref| / magnitude
  double bound = 0;        // max bound / magnitude, over elements with a finite bound
  double worst_ratio = 0;  // max |out - ref| / bound; at most 1 if all is well
  std::int64_t elements = 0;
  std::int64_t failures = 0;  // beyond the bound, or a NaN or infinity that is not the same
  std::string first_failure;  // token, column, value, reference, bound; empty if none
};

// Compares rows `tokens` of an output [T, H] with the result for these tokens.
// A NaN must meet a NaN, an infinity the same infinity; an element with an infinite bound (the
// reduction may leave the range of float) admits any value. A bf16 output gets its last rounding
// added to the bound.
Comparison compare(const Result& result, std::int64_t hidden, std::span<const std::int64_t> tokens,
                   std::span<const float> out);
Comparison compare(const Result& result, std::int64_t hidden, std::span<const std::int64_t> tokens,
                   std::span<const Bf16> out);

}  // namespace switchyard::kernels::reference
