#include <algorithm>
#include <cmath>

#include "kernels/gpu/layer.h"
#include "kernels/gpu/memory.h"
#include "runtime/bench/bandwidth.h"
#include "runtime/bench/machine.h"

namespace switchyard::bench {
namespace {

namespace gpu = kernels::gpu;
using kernels::Bf16;
using kernels::Expected;

constexpr std::size_t kBandwidthBytes = std::size_t{2} << 30;  // far more than a cache holds
constexpr double kRoundSeconds = 2e-3;  // so that waiting for its end is a small part of a round
constexpr int kMostRepeats = 32;

class OwnedStream {
 public:
  static Expected<std::unique_ptr<OwnedStream>> make(gpu::Device& device) {
    const auto stream = device.make_stream();
    if (!stream) return tl::unexpected(stream.error());
    return std::unique_ptr<OwnedStream>(new OwnedStream(device, *stream));
  }
  ~OwnedStream() { device_.release_stream(stream_); }
  OwnedStream(const OwnedStream&) = delete;
  OwnedStream& operator=(const OwnedStream&) = delete;
  gpu::Stream get() const { return stream_; }

 private:
  OwnedStream(gpu::Device& device, gpu::Stream stream) : device_(device), stream_(stream) {}
  gpu::Device& device_;
  gpu::Stream stream_;
};

// Graphs that are given back with their owner.
class Graphs {
 public:
  explicit Graphs(gpu::Device& device) : device_(device) {}
  ~Graphs() {
    for (const gpu::Graph graph : graphs_) device_.release_graph(graph);
  }
  Graphs(const Graphs&) = delete;
  Graphs& operator=(const Graphs&) = delete;

  template <typename Enqueue>
  Expected<void> capture(gpu::Stream stream, const Enqueue& enqueue) {
    if (auto ok = device_.begin_capture(stream); !ok) return ok;
    const Expected<void> enqueued = enqueue();
    const auto graph = device_.end_capture(stream);  // also after a failure: the capture must end
    if (graph) graphs_.push_back(*graph);
    if (!enqueued) return enqueued;
    if (!graph) return tl::unexpected(graph.error());
    return {};
  }

  Expected<void> replay(gpu::Stream stream, int times) {
    for (int i = 0; i < times; ++i) {
      for (const gpu::Graph graph : graphs_) {
        if (auto ok = device_.replay(graph, stream); !ok) return ok;
      }
    }
    return device_.synchronise(stream);
  }

  std::size_t size() const { return graphs_.size(); }

 private:
  gpu::Device& device_;
  std::vector<gpu::Graph> graphs_;
};

// A batch in the device's memory and its tiles; `picked` and `picked_weights` are what the router
// writes, `picked_tiles` theirs.
struct DeviceBatch {
  gpu::Memory x, experts, weights, picked, picked_weights, out;
  gpu::Tiles tiles, picked_tiles;
};

class GpuLayer final : public MeasuredLayer {
 public:
  GpuLayer(gpu::Device& device, const kernels::Shape& shape, std::unique_ptr<gpu::Layer> layer,
           std::unique_ptr<OwnedStream> stream)
      : device_(device), shape_(shape), layer_(std::move(layer)), stream_(std::move(stream)) {}

  Expected<void> load(std::span<const Batch> batches) override {
    batches_.clear();
    tokens_ = batches.front().routing.tokens;
    if (auto ok = layer_->reserve(tokens_); !ok) return ok;
    for (const Batch& batch : batches) {
      DeviceBatch& there = batches_.emplace_back();
      const std::vector<std::int32_t>& experts = batch.routing.experts;
      const std::vector<float>& weights = batch.routing.weights;
      const struct {
        gpu::Memory* to;
        const void* from;
        std::size_t bytes;
      } all[] = {{&there.x, batch.x.data(), batch.x.size() * sizeof(Bf16)},
                 {&there.experts, experts.data(), experts.size() * sizeof(std::int32_t)},
                 {&there.weights, weights.data(), weights.size() * sizeof(float)},
                 {&there.picked, nullptr, experts.size() * sizeof(std::int32_t)},
                 {&there.picked_weights, nullptr, weights.size() * sizeof(float)},
                 {&there.out, nullptr, batch.x.size() * sizeof(Bf16)}};
      for (const auto& [to, from, bytes] : all) {
        auto memory = gpu::Memory::allocate(device_, bytes);
        if (!memory) return tl::unexpected(memory.error());
        *to = std::move(*memory);
        if (from == nullptr) continue;
        if (auto ok = device_.upload(to->address(), from, bytes, stream()); !ok) return ok;
      }
      for (gpu::Tiles* const tiles : {&there.tiles, &there.picked_tiles}) {
        auto made = layer_->make_tiles(tokens_);
        if (!made) return tl::unexpected(made.error());
        *tiles = std::move(*made);
      }
      auto ok = layer_->group(tokens_, there.experts.address(), there.tiles, stream());
      if (!ok) return ok;
    }
    return device_.synchronise(stream());
  }

  void use_threads(int) override {}

  Expected<std::vector<Bf16>> output() override {
    const DeviceBatch& batch = batches_.front();
    std::vector<Bf16> out(static_cast<std::size_t>(tokens_ * shape_.hidden));
    auto ok = enqueue_layer(batch);
    if (ok) {
      ok = device_.download(out.data(), batch.out.address(), out.size() * sizeof(Bf16), stream());
    }
    // Also after a failure, so that nothing of ours is in use.
    const auto waited = device_.synchronise(stream());
    if (!ok) return tl::unexpected(ok.error());
    if (!waited) return tl::unexpected(waited.error());
    return out;
  }

  Expected<Timing> time_layer(const Rounds& rounds) override {
    return time(rounds, [this](const DeviceBatch& batch) { return enqueue_layer(batch); });
  }

  Expected<Timing> time_routing(const Rounds& rounds) override {
    return time(rounds, [this](const DeviceBatch& batch) {
      auto ok = layer_->route(batch.x.address(), tokens_, batch.picked.address(),
                              batch.picked_weights.address(), stream());
      if (ok) {
        ok = layer_->group(tokens_, batch.picked.address(), batch.picked_tiles, stream());
      }
      return ok;
    });
  }

  Expected<DispatchCost> time_dispatch(Dispatcher& dispatcher, std::uint32_t outcome) override;

 private:
  gpu::Stream stream() const { return stream_->get(); }

  // Everything behind the router and the sort.
  Expected<void> enqueue(const DeviceBatch& batch, const gpu::Tiles& tiles,
                         const gpu::Memory& weights, const gpu::Layer& layer) const {
    return layer.run(batch.x.address(), tokens_, tiles, weights.address(), {batch.out.address(), 0},
                     stream());
  }

  // What counts as the layer without its routing.
  Expected<void> enqueue_layer(const DeviceBatch& batch) const {
    return enqueue(batch, batch.tiles, batch.weights, *layer_);
  }

  template <typename Enqueue>
  Expected<Timing> time(const Rounds& rounds, const Enqueue& enqueue_batch) {
    Graphs graphs(device_);
    for (const DeviceBatch& batch : batches_) {
      if (auto ok = graphs.capture(stream(), [&] { return enqueue_batch(batch); }); !ok) {
        return tl::unexpected(ok.error());
      }
    }
    if (auto ok = graphs.replay(stream(), 1); !ok) return tl::unexpected(ok.error());
    const Clock::time_point start = Clock::now();
    if (auto ok = graphs.replay(stream(), 1); !ok) return tl::unexpected(ok.error());
    const double once = std::max(seconds_since(start), 1e-9);
    const int repeats =
        static_cast<int>(std::clamp(std::ceil(kRoundSeconds / once), 1.0, double{kMostRepeats}));
    auto timing = median_seconds(rounds, [&] { return graphs.replay(stream(), repeats); });
    if (timing) timing->seconds /= static_cast<double>(graphs.size()) * repeats;
    return timing;
  }

  gpu::Device& device_;
  kernels::Shape shape_;
  std::unique_ptr<gpu::Layer> layer_;
  std::unique_ptr<OwnedStream> stream_;
  std::int64_t tokens_ = 0;
  std::vector<DeviceBatch> batches_;
};

Expected<DispatchCost> GpuLayer::time_dispatch(Dispatcher& dispatcher, std::uint32_t outcome) {
  constexpr int kLeastPairs = 20, kMostPairs = 1000, kPairsInFlight = 4;
  constexpr double kEnoughSeconds = 1;
  std::vector<const gpu::Layer*> layers(dispatcher.outcomes());
  layers[outcome] = layer_.get();
  DispatchCost cost;
  cost.decide = time_deciding(dispatcher, tokens_, layers);

  const auto direct = [&](const DeviceBatch& batch) {
    return enqueue(batch, batch.tiles, batch.weights, *layer_);
  };
  const auto through_table = [&](const DeviceBatch& batch) -> Expected<void> {
    const auto picked = dispatcher.ask(tokens_);
    if (!picked || layers[*picked] == nullptr) {
      return kernels::fail("the table answers otherwise than it did before");
    }
    return enqueue(batch, batch.tiles, batch.weights, *layers[*picked]);
  };
  const auto sample = [&](std::vector<double>& to, const auto& call,
                          const DeviceBatch& batch) -> Expected<void> {
    const Clock::time_point start = Clock::now();
    auto ok = call(batch);
    to.push_back(seconds_since(start));
    return ok;
  };
  // In pairs, each first as often as the other; few in flight, so that no call waits for the queue.
  std::vector<double> directly, by_table;
  const Clock::time_point start = Clock::now();
  for (int i = 0; i < kMostPairs && (i < kLeastPairs || seconds_since(start) < kEnoughSeconds);
       ++i) {
    const DeviceBatch& batch = batches_[static_cast<std::size_t>(i) % batches_.size()];
    auto ok = i % 2 == 0 ? sample(directly, direct, batch) : sample(by_table, through_table, batch);
    if (ok) {
      ok = i % 2 == 0 ? sample(by_table, through_table, batch) : sample(directly, direct, batch);
    }
    if (ok && i % kPairsInFlight == kPairsInFlight - 1) ok = device_.synchronise(stream());
    if (!ok) return tl::unexpected(ok.error());
  }
  if (auto ok = device_.synchronise(stream()); !ok) return tl::unexpected(ok.error());
  cost.direct = median_of(directly);
  cost.through_table = median_of(by_table);
  return cost;
}

// What a choice means to the layer; kernels/gpu/kernels.cpp says the same to the registry.
Expected<gpu::Options> options_of(const KernelChoice& choice) {
  gpu::Options options;
  const auto& names = kernels::kVariantNames;
  const auto variant = std::find(names.begin(), names.end(), choice.kernel->name);
  if (variant == names.end()) {
    return kernels::fail("kernel `" + choice.kernel->name + "` cannot be measured on a device");
  }
  options.variant = static_cast<kernels::Variant>(variant - names.begin());
  for (const kernels::ParameterValue& parameter : choice.parameters) {
    const auto value = static_cast<std::uint32_t>(parameter.value);
    if (parameter.name == "block_m") {
      options.block_m = value;
    } else if (parameter.name == "split_k") {
      options.split_k = value;
    } else {
      return kernels::fail("parameter `" + parameter.name + "` of kernel `" + choice.kernel->name +
                           "` cannot be measured on a device");
    }
  }
  return options;
}

class GpuMachine final : public Machine {
 public:
  explicit GpuMachine(gpu::Device& device) : device_(device) {}

  Expected<std::unique_ptr<MeasuredLayer>> prepare(const KernelChoice& choice,
                                                   const kernels::LayerConfig& config,
                                                   const kernels::LayerWeights& weights) override {
    const auto options = options_of(choice);
    if (!options) return tl::unexpected(options.error());
    const kernels::Kernel& kernel = *choice.kernel;
    if (auto ok = kernels::satisfied(kernel.capability, kernels::facts_of(config)); !ok) {
      return kernels::fail("kernel `" + kernel.name + "` on " + kernel.device + ": " +
                           ok.error().message);
    }
    auto layer = layer_of(config, weights, *options);
    if (!layer) return tl::unexpected(layer.error());
    auto stream = OwnedStream::make(device_);
    if (!stream) return tl::unexpected(stream.error());
    return std::make_unique<GpuLayer>(device_, config.shape, std::move(*layer), std::move(*stream));
  }

  std::vector<int> threads() const override { return {0}; }

  Expected<MeasuredRate> measure_bandwidth(int) override {
    const auto rate =
        read_bandwidth(device_, std::min(kBandwidthBytes, device_.info().memory_bytes / 4));
    if (!rate) return tl::unexpected(rate.error());
    return MeasuredRate{*rate,
                        "measured here: the combine kernel, 64 floats read for each bf16 written"};
  }
  std::vector<ProductRate> measure_products(int) override { return {}; }
  std::string method() const override {
    return "each batch a graph that is replayed, without its sort by expert";
  }

 private:
  // On the weights that are on the device already, if those are the same in the same layout.
  Expected<std::unique_ptr<gpu::Layer>> layer_of(const kernels::LayerConfig& config,
                                                 const kernels::LayerWeights& weights,
                                                 const gpu::Options& options) {
    if (uploaded_ == nullptr || weights_ != &weights || !uploaded_->can_share(options)) {
      uploaded_.reset();
      auto layer = gpu::Layer::prepare(device_, config, weights, options);
      if (!layer) return tl::unexpected(layer.error());
      uploaded_ = std::move(*layer);
      weights_ = &weights;
    }
    return uploaded_->sibling(options);
  }

  std::unique_ptr<gpu::Layer> uploaded_;
  const kernels::LayerWeights* weights_ = nullptr;
  gpu::Device& device_;
};

}  // namespace

std::unique_ptr<Machine> gpu_machine(gpu::Device& device) {
  return std::make_unique<GpuMachine>(device);
}

}  // namespace switchyard::bench
