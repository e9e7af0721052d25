#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "kernels/gpu/device.h"
#include "runtime/bench/ceilings/ceilings.h"
#include "runtime/bench/dispatcher.h"
#include "runtime/bench/kernel_choice.h"
#include "runtime/bench/rounds.h"
#include "runtime/bench/workload.h"

namespace switchyard::bench {

// A layer that is prepared and measured on one set of batches after the other. Batches take turns,
// so that weights come from memory where they do not all fit a cache.
class MeasuredLayer {
 public:
  virtual ~MeasuredLayer() = default;

  // Puts batches of one size where the layer runs; they must stay until the next load.
  virtual kernels::Expected<void> load(std::span<const Batch> batches) = 0;

  // The number of threads that all of the following run on, one of Machine::threads.
  virtual void use_threads(int threads) = 0;

  // The layer's output [T, H] for the first batch.
  virtual kernels::Expected<std::vector<kernels::Bf16>> output() = 0;

  // Seconds of one layer with the experts given; and of the router that picks them, on a GPU with
  // the sort by expert.
  virtual kernels::Expected<Timing> time_layer(const Rounds& rounds) = 0;
  virtual kernels::Expected<Timing> time_routing(const Rounds& rounds) = 0;

  // What asking costs, where `outcome` is the dispatcher's for the batches' tokens.
  virtual kernels::Expected<DispatchCost> time_dispatch(Dispatcher& dispatcher,
                                                        std::uint32_t outcome) = 0;
};

// A rate and where it comes from, for people.
struct MeasuredRate {
  double rate = 0;
  std::string source;
};

// Where layers are measured.
class Machine {
 public:
  virtual ~Machine() = default;

  virtual kernels::Expected<std::unique_ptr<MeasuredLayer>> prepare(
      const KernelChoice& choice, const kernels::LayerConfig& config,
      const kernels::LayerWeights& weights) = 0;

  // The numbers of threads that layers can be measured on; a single 0 where they are no choice.
  virtual std::vector<int> threads() const = 0;

  // Bytes a second that so many threads read from memory, measured.
  virtual kernels::Expected<MeasuredRate> measure_bandwidth(int threads) = 0;
  // Products a second of so many threads, measured; none where that is not done.
  virtual std::vector<ProductRate> measure_products(int threads) = 0;
  // How layers are measured, for people.
  virtual std::string method() const = 0;
};

// Layers through the registry, on a pool for each number of threads, 1 at least.
std::unique_ptr<Machine> cpu_machine(std::span<const int> threads);

// Layers as engines run them, each batch a graph that is replayed. The device must outlive it.
std::unique_ptr<Machine> gpu_machine(kernels::gpu::Device& device);

}  // namespace switchyard::bench
