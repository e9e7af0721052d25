#include "bench/comparators/comparators.h"

#include <fmt/format.h>

#include <fstream>

#include "bench/comparators/dense_layer.h"

namespace switchyard::bench {
namespace {

using namespace kernels;

// Bytes that can be used without swapping.
double available_memory() {
  std::ifstream in("/proc/meminfo");
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("MemAvailable:")) return 1024 * std::stod(line.substr(13));
  }
  return 0;
}

template <typename T>
[[maybe_unused]] Kernel comparator(std::string name, std::string doc, DenseProduct<T>& product) {
  Kernel kernel;
  kernel.name = std::move(name);
  kernel.device = "cpu";
  kernel.doc = std::move(doc);
  kernel.parameters = {{"ready", 0, 1, 0, "1: all weights dequantised before the layer runs"}};
  kernel.capability = {{"device", Clause::OneOf{{"cpu"}}},
                       {"scheme", Clause::OneOf{{"w_mxfp4", "w_mxfp6_e3m2", "w_mxfp6_e2m3"}}}};
  kernel.numerics = [](Scheme) {
    Numerics numerics;  // sums in an order that is not ours to know: the longest chain
    numerics.h_bf16 = true;
    return numerics;
  };
  kernel.make = [&product](const LayerConfig& config, const LayerWeights& weights,
                           std::span<const std::int64_t> parameters,
                           const Preparation&) -> Expected<std::unique_ptr<PreparedLayer>> {
    const bool ready = !parameters.empty() && parameters[0] == 1;
    const double bytes = 3.0 * static_cast<double>(config.shape.hidden) *
                         static_cast<double>(config.shape.intermediate) *
                         static_cast<double>(config.shape.experts) * sizeof(T);
    if (ready && bytes > 0.8 * available_memory()) {
      return fail(fmt::format("the dequantised weights take {:.1f} GB, of {:.1f} GB that are free",
                              bytes / 1e9, available_memory() / 1e9));
    }
    return std::make_unique<DenseLayer<T>>(config, weights, product, ready);
  };
  return kernel;
}

}  // namespace

std::vector<Kernel> comparators() {
  std::vector<Kernel> kernels;
#ifdef SWITCHYARD_ONEDNN
  kernels.push_back(
      comparator<Bf16>("onednn", "oneDNN's bf16 matmul of dequantised weights", onednn()));
#endif
#ifdef SWITCHYARD_OPENBLAS
  kernels.push_back(
      comparator<float>("openblas", "OpenBLAS's sgemm of dequantised weights", openblas()));
#endif
  return kernels;
}

std::vector<std::string> describe_comparators() {
  std::vector<std::string> lines;
#ifdef SWITCHYARD_ONEDNN
  lines.push_back(onednn().describe());
#endif
#ifdef SWITCHYARD_OPENBLAS
  lines.push_back(openblas().describe());
#endif
  return lines;
}

}  // namespace switchyard::bench
