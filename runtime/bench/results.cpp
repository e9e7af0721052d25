#include "runtime/bench/results.h"

#include <algorithm>

namespace switchyard::bench {

Floor floor_of(const Results& results, const BatchSize& size) {
  return floor_of(results.shape.shape, results.scheme, size.tokens, size.experts_hit,
                  results.bandwidth, results.matrix_rate);
}

std::vector<std::string> kernels_of(const Results& results) {
  std::vector<std::string> kernels;
  for (const Measurement& measurement : results.measurements) {
    if (std::find(kernels.begin(), kernels.end(), measurement.kernel) == kernels.end()) {
      kernels.push_back(measurement.kernel);
    }
  }
  return kernels;
}

const Measurement* find(const Results& results, const std::string& kernel, std::int64_t tokens) {
  for (const Measurement& measurement : results.measurements) {
    if (measurement.kernel == kernel && measurement.tokens == tokens && measurement.seconds > 0) {
      return &measurement;
    }
  }
  return nullptr;
}

}  // namespace switchyard::bench
