#include <algorithm>

#include "runtime/bench/bandwidth.h"
#include "runtime/bench/machine.h"

namespace switchyard::bench {
namespace {

using kernels::Bf16;
using kernels::PreparedLayer;

constexpr std::size_t kBandwidthBytes = std::size_t{512} << 20;

class CpuLayer final : public MeasuredLayer {
 public:
  CpuLayer(std::unique_ptr<PreparedLayer> layer, kernels::ThreadPool& pool)
      : layer_(std::move(layer)), pool_(pool) {}

  kernels::Expected<void> load(std::span<const Batch> batches) override {
    batches_ = batches;
    out_.assign(batches.front().x.size(), Bf16{});
    return {};
  }

  kernels::Expected<std::vector<Bf16>> output() override {
    const Batch& batch = batches_.front();
    if (auto ok = layer_->run(batch.x, batch.routing, out_.data(), pool_); !ok) {
      return tl::unexpected(ok.error());
    }
    return out_;
  }

  kernels::Expected<double> time_layer(const Rounds& rounds) override {
    return time(rounds, [this](const Batch& batch) {
      return layer_->run(batch.x, batch.routing, out_.data(), pool_);
    });
  }

  kernels::Expected<double> time_routing(const Rounds& rounds) override {
    return time(rounds, [this](const Batch& batch) -> kernels::Expected<void> {
      routing_ = layer_->route(batch.x, pool_);
      return {};
    });
  }

  // A layer runs on the calling thread: there is no enqueueing to be compared with.
  kernels::Expected<DispatchCost> time_dispatch(Dispatcher& dispatcher,
                                                std::uint32_t outcome) override {
    std::vector<PreparedLayer*> layers(dispatcher.outcomes());
    layers[outcome] = layer_.get();
    return DispatchCost{time_deciding(dispatcher, batches_.front().routing.tokens, layers), 0, 0};
  }

 private:
  template <typename Run>
  kernels::Expected<double> time(const Rounds& rounds, const Run& run) {
    const auto seconds = median_seconds(rounds, [&]() -> kernels::Expected<void> {
      for (const Batch& batch : batches_) {
        if (auto ok = run(batch); !ok) return ok;
      }
      return {};
    });
    if (!seconds) return seconds;
    return *seconds / static_cast<double>(batches_.size());
  }

  std::unique_ptr<PreparedLayer> layer_;
  kernels::ThreadPool& pool_;
  std::span<const Batch> batches_;
  std::vector<Bf16> out_;
  kernels::Routing routing_;  // what time_routing made last
};

class CpuMachine final : public Machine {
 public:
  explicit CpuMachine(kernels::ThreadPool& pool) : pool_(pool) {}

  kernels::Expected<std::unique_ptr<MeasuredLayer>> prepare(
      const KernelChoice& choice, const kernels::LayerConfig& config,
      const kernels::LayerWeights& weights) override {
    auto layer = kernels::prepare(*choice.kernel, config, weights, choice.parameters);
    if (!layer) return tl::unexpected(layer.error());
    return std::make_unique<CpuLayer>(std::move(*layer), pool_);
  }

  kernels::Expected<double> measure_bandwidth() override {
    return read_bandwidth(pool_, kBandwidthBytes);
  }
  std::string bandwidth_method() const override {
    return "measured here: all threads reading 512 MiB";
  }
  std::string method() const override {
    return "calls one after the other, sorting by expert included";
  }

 private:
  kernels::ThreadPool& pool_;
};

}  // namespace

std::unique_ptr<Machine> cpu_machine(kernels::ThreadPool& pool) {
  return std::make_unique<CpuMachine>(pool);
}

}  // namespace switchyard::bench
