#pragma once

#include <string>
#include <vector>

#include "kernels/cpu/panel_matrix.h"
#include "kernels/registry.h"

// What a CPU layer holds of its experts' weights, made once.
namespace switchyard::kernels::cpu {

// Names the order of the panels' bytes and everything that decides their number.
std::string layout_of(const LayerConfig& config);

// All panels, reordered from `weights` on the preparation's threads, or adopted. Thread i of the
// pool reorders the panels that it will most likely multiply (ThreadPool::for_each).
Expected<PanelMatrices> prepare_panels(const LayerConfig& config, const LayerWeights& weights,
                                       const Preparation& preparation);

// The biases of all experts in float, zero where there are none.
class Biases {
 public:
  Biases(const LayerConfig& config, const LayerWeights& weights);
  // [rows of that matrix]
  const float* of(std::int32_t expert, Which which) const;

 private:
  std::size_t hidden_, intermediate_;
  std::vector<float> values_;  // [experts, 2 I + H]
};

}  // namespace switchyard::kernels::cpu
