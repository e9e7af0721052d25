#pragma once

#include <span>
#include <string>
#include <vector>

#include "kernels/reference/reference.h"
#include "runtime/bench/workload.h"

namespace switchyard::bench {

// The reference's output for some tokens of a batch, kept for all kernels that declare the same
// roundings: nothing is timed that is not right.
class ReferenceCheck {
 public:
  // All must outlive it. `rows` tokens of the batch, or all where it has fewer; 0: as many as the
  // reference can do in about a second, 1 to 8. They are spread over the batch, the last among
  // them. More than 8 are computed on all processors.
  ReferenceCheck(const kernels::LayerConfig& config, const kernels::LayerWeights& weights,
                 const Batch& batch, std::int64_t rows = 0);

  std::size_t rows() const { return tokens_.size(); }

  // What is wrong with an output [T, H] of the batch; empty if nothing.
  std::string problem_of(std::span<const kernels::Bf16> out, const kernels::Numerics& numerics);

 private:
  struct Known {
    kernels::Numerics numerics;
    kernels::reference::Result result;
  };
  kernels::reference::Result compute(const kernels::Numerics& numerics) const;
  const kernels::reference::Result& result_for(const kernels::Numerics& numerics);

  const kernels::LayerConfig& config_;
  const kernels::LayerWeights& weights_;
  const Batch& batch_;
  std::vector<std::int64_t> tokens_;
  std::vector<Known> known_;
};

}  // namespace switchyard::bench
