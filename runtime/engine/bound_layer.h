#pragma once

#include <memory>
#include <span>
#include <vector>

#include "kernels/registry.h"
#include "runtime/base/error.h"
#include "runtime/engine/bound_table.h"

namespace switchyard {

// One layer of a model under a bound table: asks the table, runs the kernel it names. A kernel is
// prepared for the layer when a decision names it first, and kept. One run at a time; the bound
// table is shared by any number of layers. BoundTable and the memory behind `weights` must outlive
// it.
class BoundLayer {
 public:
  // Fails if no kernel at all could run such a layer.
  static Expected<BoundLayer> create(const BoundTable& table, const kernels::LayerConfig& config,
                                     const kernels::LayerWeights& weights);

  // The prepared kernel of a decision, made if it is the first. Fails if the decision is not a
  // target, or if the kernel cannot run this layer: a policy that names a kernel where its
  // capability does not hold is found here, and the error quotes the clause. `preparation` says how
  // to go about making it.
  Expected<kernels::PreparedLayer*> prepare(const Decision& decision,
                                            const kernels::Preparation& preparation = {});

  // Decides on `facts` (as for decide()) and runs x [tokens, H] into `out`. The result is the
  // decision that was obeyed. A refusal, an excluded combination or a bad fact is an error that
  // says which and why, in the policy's words.
  Expected<Decision> run(const void* facts, std::span<const kernels::Bf16> x, kernels::Output out,
                         kernels::ThreadPool& pool);

 private:
  BoundLayer(const BoundTable& table, const kernels::LayerConfig& config,
             const kernels::LayerWeights& weights);

  const BoundTable* table_;
  kernels::LayerConfig config_;
  kernels::LayerWeights weights_;
  std::vector<std::unique_ptr<kernels::PreparedLayer>> prepared_;  // by outcome
};

}  // namespace switchyard
