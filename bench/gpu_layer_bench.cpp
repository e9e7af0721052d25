#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "kernels/gpu/devices.h"
#include "kernels/gpu/layer.h"
#include "kernels/gpu/memory.h"

// The fused layer on a GPU without its routing, MXFP4 weights and bf16 activations, as engines run
// it: each batch a graph that is replayed. Batches with experts of their own take turns, so that
// weights come from memory and not from the cache. Prints microseconds a layer and the part of the
// floor that they are (shared plan, KERNELS.md: bytes of the experts that are hit over the read
// bandwidth, or the products over the matrix rate, whichever is longer).
namespace switchyard::bench {
namespace {

namespace gpu = kernels::gpu;
using kernels::Bf16;

struct Model {
  const char* name;
  kernels::Shape shape;
};
constexpr Model kModels[] = {{"gpt-oss-120b", {2880, 2880, 128, 4}},
                             {"Qwen3-235B", {4096, 1536, 128, 8}},
                             {"DeepSeek-V3", {7168, 2048, 256, 8}}};
constexpr std::int64_t kTokens[] = {1, 16, 64, 256, 1024, 4096};
constexpr std::size_t kBatches = 8;     // with experts of their own
constexpr double kBandwidth = 4.62e12;  // bytes a second that an H200 reads, measured
constexpr double kMatrixRate = 705e12;  // bf16 flops a second, measured

// Stops with the message of an error: a figure of a run that failed is none.
template <typename T>
T must(kernels::Expected<T> value) {
  if (!value) {
    std::fprintf(stderr, "bench_gpu_layer: %s\n", value.error().message.c_str());
    std::exit(2);
  }
  if constexpr (!std::is_void_v<T>) return std::move(*value);
}

// Random elements, and scales around 2^-7, of every expert of a layer.
class Weights {
 public:
  explicit Weights(const kernels::Shape& shape) {
    const auto matrix = [&](std::int64_t rows, std::int64_t cols) {
      const std::size_t blocks = static_cast<std::size_t>(rows * cols) / 32;
      std::vector<std::uint64_t>& elements = elements_.emplace_back(blocks * 2);
      for (std::uint64_t& word : elements) word = random_();
      std::vector<std::uint8_t>& scales = scales_.emplace_back(blocks);
      for (std::uint8_t& scale : scales) scale = static_cast<std::uint8_t>(118 + random_() % 4);
      return kernels::MxMatrix{reinterpret_cast<const std::uint8_t*>(elements.data()),
                               scales.data()};
    };
    elements_.reserve(3 * static_cast<std::size_t>(shape.experts));
    scales_.reserve(3 * static_cast<std::size_t>(shape.experts));
    for (std::int64_t expert = 0; expert < shape.experts; ++expert) {
      layer.experts.push_back({matrix(shape.intermediate, shape.hidden),
                               matrix(shape.intermediate, shape.hidden),
                               matrix(shape.hidden, shape.intermediate)});
    }
    router_.resize(static_cast<std::size_t>(shape.experts * shape.hidden));
    layer.router = router_.data();
  }

  kernels::LayerWeights layer;

 private:
  std::mt19937_64 random_{1};
  std::vector<std::vector<std::uint64_t>> elements_;
  std::vector<std::vector<std::uint8_t>> scales_;
  std::vector<Bf16> router_;
};

// A batch on the device: activations, distinct random experts a token, and a place for the output.
struct Batch {
  gpu::Memory x, experts, weights, out;
  std::size_t hit = 0;  // experts
};

Batch make_batch(gpu::Device& device, const kernels::Shape& shape, std::int64_t tokens,
                 std::mt19937_64& random) {
  Batch batch;
  std::vector<Bf16> x(static_cast<std::size_t>(tokens * shape.hidden));
  for (Bf16& value : x)
    value.bits = static_cast<std::uint16_t>(0x3F00 + random() % 0x100 + (random() % 2 << 15));
  std::vector<std::int32_t> ids(static_cast<std::size_t>(shape.experts)), picked;
  for (std::size_t i = 0; i < ids.size(); ++i) ids[i] = static_cast<std::int32_t>(i);
  std::vector<bool> is_hit(ids.size());
  for (std::int64_t token = 0; token < tokens; ++token) {
    for (std::int64_t k = 0; k < shape.top_k; ++k) {
      const auto i = static_cast<std::size_t>(k);
      std::swap(ids[i], ids[i + random() % (ids.size() - i)]);
      picked.push_back(ids[i]);
      batch.hit += is_hit[static_cast<std::size_t>(ids[i])] ? 0 : 1;
      is_hit[static_cast<std::size_t>(ids[i])] = true;
    }
  }
  const std::vector<float> weights(picked.size(), 1.0f / static_cast<float>(shape.top_k));
  const auto put = [&](const void* from, std::size_t bytes) {
    gpu::Memory memory = must(gpu::Memory::allocate(device, bytes));
    must(device.upload(memory.address(), from, bytes, 0));
    must(device.synchronise(0));
    return memory;
  };
  batch.x = put(x.data(), x.size() * sizeof(Bf16));
  batch.experts = put(picked.data(), picked.size() * sizeof(std::int32_t));
  batch.weights = put(weights.data(), weights.size() * sizeof(float));
  batch.out = must(gpu::Memory::allocate(device, x.size() * sizeof(Bf16)));
  return batch;
}

// Microseconds of one layer: the median of rounds through all batches.
double measure(gpu::Device& device, gpu::Layer& layer, std::int64_t tokens,
               const std::vector<Batch>& batches) {
  const gpu::Stream stream = must(device.make_stream());
  std::vector<gpu::Graph> graphs;
  for (const Batch& batch : batches) {
    must(device.begin_capture(stream));
    must(layer.run(batch.x.address(), tokens, batch.experts.address(), batch.weights.address(),
                   {batch.out.address(), 0}, stream));
    graphs.push_back(must(device.end_capture(stream)));
  }
  std::vector<double> rounds;
  for (int round = 0; round < 25; ++round) {
    const auto start = std::chrono::steady_clock::now();
    for (const gpu::Graph graph : graphs) must(device.replay(graph, stream));
    must(device.synchronise(stream));
    const std::chrono::duration<double, std::micro> taken =
        std::chrono::steady_clock::now() - start;
    if (round >= 5) rounds.push_back(taken.count() / static_cast<double>(graphs.size()));
  }
  for (const gpu::Graph graph : graphs) device.release_graph(graph);
  device.release_stream(stream);
  std::nth_element(rounds.begin(), rounds.begin() + rounds.size() / 2, rounds.end());
  return rounds[rounds.size() / 2];
}

double floor_of(const kernels::Shape& shape, std::int64_t tokens, double hit) {
  const double weights = 3.0 * static_cast<double>(shape.hidden * shape.intermediate);
  return 1e6 * std::max(hit * weights * (4 + 8.0 / 32) / 8 / kBandwidth,
                        2.0 * static_cast<double>(tokens * shape.top_k) * weights / kMatrixRate);
}

}  // namespace
}  // namespace switchyard::bench

int main(int argc, char** argv) {
  using namespace switchyard::bench;
  const std::unique_ptr<gpu::Device> device = must(gpu::open_device(argc > 1 ? argv[1] : "cuda"));
  std::printf("%s\n%-13s %6s %10s", device->info().name.c_str(), "model", "tokens", "floor us");
  const gpu::Options variants[] = {{switchyard::kernels::Variant::packed, 16, 4, 0},
                                   {switchyard::kernels::Variant::packed, 16, 1, 0},
                                   {switchyard::kernels::Variant::packed, 32, 1, 0},
                                   {switchyard::kernels::Variant::packed, 64, 1, 0},
                                   {switchyard::kernels::Variant::emulated, 64, 1, 0}};
  for (const gpu::Options& own : variants) {
    std::printf(" %9s %u/%u", switchyard::kernels::name_of(own.variant).data(), own.block_m,
                own.split_k);
  }
  std::printf("   best, of the floor\n");
  for (const Model& model : kModels) {
    switchyard::kernels::LayerConfig config;
    config.shape = model.shape;
    config.activation = switchyard::kernels::Activation::silu;
    const Weights weights(model.shape);
    std::vector<std::vector<double>> table(std::size(kTokens));
    std::vector<double> floors(std::size(kTokens));
    for (const gpu::Options& own : variants) {
      const auto layer = must(gpu::Layer::prepare(*device, config, weights.layer, own));
      must(layer->reserve(kTokens[std::size(kTokens) - 1]));
      for (std::size_t i = 0; i < std::size(kTokens); ++i) {
        std::mt19937_64 random(i);
        std::vector<Batch> batches;
        double hit = 0;
        for (std::size_t batch = 0; batch < kBatches; ++batch) {
          batches.push_back(make_batch(*device, model.shape, kTokens[i], random));
          hit += static_cast<double>(batches.back().hit) / kBatches;
        }
        floors[i] = floor_of(model.shape, kTokens[i], hit);
        table[i].push_back(measure(*device, *layer, kTokens[i], batches));
      }
    }
    for (std::size_t i = 0; i < std::size(kTokens); ++i) {
      std::printf("%-13s %6lld %10.1f", model.name, static_cast<long long>(kTokens[i]), floors[i]);
      for (const double time : table[i]) std::printf(" %14.1f", time);
      const double best = *std::min_element(table[i].begin(), table[i].end());
      std::printf("   %.0f%%\n", 100 * floors[i] / best);
      std::fflush(stdout);
    }
  }
  return 0;
}
