#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "kernels/cpu/thread_pool.h"
#include "kernels/gpu/device.h"
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

  // The layer's output [T, H] for the first batch.
  virtual kernels::Expected<std::vector<kernels::Bf16>> output() = 0;

  // Seconds of one layer with the experts given; and of the router that picks them, on a GPU with the
  // sort by expert.
  virtual kernels::Expected<double> time_layer(const Rounds& rounds) = 0;
  virtual kernels::Expected<double> time_routing(const Rounds& rounds) = 0;

  // What asking costs, where `outcome` is the dispatcher's for the batches' tokens.
  virtual kernels::Expected<DispatchCost> time_dispatch(Dispatcher& dispatcher,
                                                        std::uint32_t outcome) = 0;
};

// Where layers are measured.
class Machine {
 public:
  virtual ~Machine() = default;

  virtual kernels::Expected<std::unique_ptr<MeasuredLayer>> prepare(
      const KernelChoice& choice, const kernels::LayerConfig& config,
      const kernels::LayerWeights& weights) = 0;

  // Bytes a second that are read from memory, measured.
  virtual kernels::Expected<double> measure_bandwidth() = 0;
  // How that is measured, for people.
  virtual std::string bandwidth_method() const = 0;
  // How layers are.
  virtual std::string method() const = 0;
};

// Layers through the registry, on the threads of the pool, which must outlive it.
std::unique_ptr<Machine> cpu_machine(kernels::ThreadPool& pool);

// Layers as engines run them, each batch a graph that is replayed. The device must outlive it.
std::unique_ptr<Machine> gpu_machine(kernels::gpu::Device& device);

}  // namespace switchyard::bench
