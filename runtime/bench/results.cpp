#include "runtime/bench/results.h"

#include <algorithm>

namespace switchyard::bench {

Floor floor_of(const Results& results, const BatchSize& size, const Ceilings& ceilings) {
  return floor_of(results.shape.shape, results.scheme, size.tokens, size.experts_hit,
                  ceilings.bandwidth, ceilings.matrix_rate);
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

const Measurement* find(const Results& results, const std::string& kernel, std::int64_t tokens,
                        int threads) {
  for (const Measurement& measurement : results.measurements) {
    if (measurement.kernel == kernel && measurement.tokens == tokens &&
        measurement.threads == threads && measurement.seconds > 0) {
      return &measurement;
    }
  }
  return nullptr;
}

std::string threads_text(int threads) {
  if (threads == 0) return {};
  return std::to_string(threads) + (threads == 1 ? " thread" : " threads");
}

}  // namespace switchyard::bench
