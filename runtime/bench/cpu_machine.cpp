#include <fmt/format.h>

#include <algorithm>

#include "runtime/base/check.h"
#include "runtime/bench/machine.h"

namespace switchyard::bench {
namespace {

using kernels::Bf16;
using kernels::PreparedLayer;

constexpr std::size_t kBandwidthBytes = std::size_t{1} << 30;

// Pools by their number of threads.
using Pools = std::vector<std::unique_ptr<kernels::ThreadPool>>;

kernels::ThreadPool& pool_of(const Pools& pools, int threads) {
  const auto found = std::find_if(pools.begin(), pools.end(),
                                  [&](const auto& pool) { return pool->threads() == threads; });
  SWITCHYARD_CHECK(found != pools.end());
  return **found;
}

class CpuLayer final : public MeasuredLayer {
 public:
  CpuLayer(std::unique_ptr<PreparedLayer> layer, const Pools& pools)
      : layer_(std::move(layer)), pools_(pools), pool_(pools.front().get()) {}

  void use_threads(int threads) override { pool_ = &pool_of(pools_, threads); }

  kernels::Expected<void> load(std::span<const Batch> batches) override {
    batches_ = batches;
    out_.assign(batches.front().x.size(), Bf16{});
    return {};
  }

  kernels::Expected<std::vector<Bf16>> output() override {
    if (auto ok = run(batches_.front()); !ok) return tl::unexpected(ok.error());
    return out_;
  }

  kernels::Expected<Timing> time_layer(const Rounds& rounds) override {
    return time(rounds, [this](const Batch& batch) { return run(batch); });
  }

  kernels::Expected<Timing> time_routing(const Rounds& rounds) override {
    return time(rounds, [this](const Batch& batch) -> kernels::Expected<void> {
      routing_ = layer_->route(batch.x, *pool_);
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
  kernels::Expected<void> run(const Batch& batch) {
    return layer_->run(batch.x, batch.routing, out_.data(), *pool_);
  }

  // A round is a call on one batch, since a call on many tokens takes seconds. The batches take
  // turns across calls, where the last time stopped.
  template <typename Run>
  kernels::Expected<Timing> time(const Rounds& rounds, const Run& run) {
    Rounds calls = rounds;
    calls.most = rounds.most * static_cast<int>(batches_.size());
    return median_seconds(calls, [&] { return run(batches_[next_++ % batches_.size()]); });
  }

  std::unique_ptr<PreparedLayer> layer_;
  const Pools& pools_;
  kernels::ThreadPool* pool_;  // the one in use
  std::span<const Batch> batches_;
  std::size_t next_ = 1;  // the batch of the next call; `output` has read the first one's weights
  std::vector<Bf16> out_;
  kernels::Routing routing_;  // what time_routing made last
};

class CpuMachine final : public Machine {
 public:
  explicit CpuMachine(std::span<const int> threads) {
    for (const int count : threads) pools_.push_back(std::make_unique<kernels::ThreadPool>(count));
  }

  kernels::Expected<std::unique_ptr<MeasuredLayer>> prepare(
      const KernelChoice& choice, const kernels::LayerConfig& config,
      const kernels::LayerWeights& weights) override {
    auto layer = kernels::prepare(*choice.kernel, config, weights, choice.parameters,
                                  {.pool = pools_.back().get()});
    if (!layer) return tl::unexpected(layer.error());
    return std::make_unique<CpuLayer>(std::move(*layer), pools_);
  }

  std::vector<int> threads() const override {
    std::vector<int> result;
    for (const auto& pool : pools_) result.push_back(pool->threads());
    return result;
  }

  kernels::Expected<MeasuredRate> measure_bandwidth(int threads) override {
    const auto bytes = std::min(kBandwidthBytes, static_cast<std::size_t>(machine_memory() / 4));
    const auto read = read_rate(pool_of(pools_, threads), bytes);
    if (!read) return kernels::fail(read.error().message);
    return MeasuredRate{read->rate, fmt::format("measured here: reading {} MiB, {} at a time",
                                                bytes >> 20, read->name)};
  }
  std::vector<ProductRate> measure_products(int threads) override {
    return product_rates(pool_of(pools_, threads));
  }
  std::string method() const override {
    return "calls one after the other, sorting by expert included";
  }

 private:
  Pools pools_;
};

}  // namespace

std::unique_ptr<Machine> cpu_machine(std::span<const int> threads) {
  return std::make_unique<CpuMachine>(threads);
}

}  // namespace switchyard::bench
