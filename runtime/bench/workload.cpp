#include "runtime/bench/workload.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <numeric>
#include <utility>

#include "runtime/bench/floor.h"

namespace switchyard::bench {
namespace {

using kernels::Bf16;

// SplitMix64: a word in about a nanosecond, where DeepSeek's layer needs a thousand million.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t operator()() {
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
  }

 private:
  std::uint64_t state_;
};

// 0.5 to 2 with either sign, as bf16 with seven random bits of fraction.
Bf16 random_value(std::uint64_t word) {
  return {static_cast<std::uint16_t>(0x3F00 + word % 0x100 + ((word >> 8) % 2 << 15))};
}

// Experts by when a batch hit them last, the longest ago first.
class LeastRecent {
 public:
  explicit LeastRecent(std::size_t experts) : order_(experts) {
    std::iota(order_.begin(), order_.end(), 0);
  }

  // Gives the experts of a batch other names: those that were hit the longest ago. Which tokens
  // share an expert, and so how many are hit, stays.
  void rename(std::vector<std::int32_t>& experts) {
    std::vector<std::int32_t> name_of(order_.size(), -1);
    std::size_t named = 0;
    for (std::int32_t& expert : experts) {
      std::int32_t& name = name_of[static_cast<std::size_t>(expert)];
      if (name < 0) name = order_[named++];
      expert = name;
    }
    std::rotate(order_.begin(), order_.begin() + static_cast<std::ptrdiff_t>(named), order_.end());
  }

 private:
  std::vector<std::int32_t> order_;
};

}  // namespace

double machine_memory() {
  return static_cast<double>(::sysconf(_SC_PHYS_PAGES)) *
         static_cast<double>(::sysconf(_SC_PAGESIZE));
}

Expected<RandomWeights> RandomWeights::make(const kernels::LayerConfig& config,
                                            std::uint64_t seed) {
  const kernels::Shape& shape = config.shape;
  const double bytes = expert_bytes(shape, config.scheme) * static_cast<double>(shape.experts);
  if (bytes > machine_memory()) {
    return fail(
        fmt::format("the weights of {} experts are {:.1f} GB, but this machine has {:.1f} "
                    "GB of memory; choose a smaller --shape",
                    shape.experts, bytes / 1e9, machine_memory() / 1e9));
  }
  Random random(seed);
  RandomWeights result;
  const auto words = static_cast<std::size_t>(bits_of(info(config.scheme).weight)) / 2;  // a block
  const auto matrix = [&](std::int64_t rows, std::int64_t cols) {
    const std::size_t blocks = static_cast<std::size_t>(rows * cols) / 32;
    std::vector<std::uint64_t>& elements = result.elements_.emplace_back(blocks * words);
    for (std::uint64_t& word : elements) word = random();
    std::vector<std::uint8_t>& scales = result.scales_.emplace_back(blocks);
    for (std::uint8_t& scale : scales) scale = static_cast<std::uint8_t>(118 + random() % 4);
    return kernels::MxMatrix{reinterpret_cast<const std::uint8_t*>(elements.data()), scales.data()};
  };
  for (std::int64_t expert = 0; expert < shape.experts; ++expert) {
    const kernels::MxMatrix gate = matrix(shape.intermediate, shape.hidden);
    const kernels::MxMatrix up = matrix(shape.intermediate, shape.hidden);
    result.layer.experts.push_back({gate, up, matrix(shape.hidden, shape.intermediate)});
  }
  result.router_.resize(static_cast<std::size_t>(shape.experts * shape.hidden));
  for (Bf16& value : result.router_) {
    value = random_value(random());
    value.bits = static_cast<std::uint16_t>(value.bits - (6 << 7));  // times 2^-6
  }
  result.layer.router = result.router_.data();
  result.layer.input_scale = 1.0f / 128;  // x / scale is inside of e4m3
  result.layer.hidden_scale = 1.0f / 16;
  return result;
}

std::vector<Batch> make_batches(const kernels::Shape& shape, std::int64_t tokens, std::size_t count,
                                std::uint64_t seed) {
  Random random(seed ^ (static_cast<std::uint64_t>(tokens) << 32));
  std::vector<std::int32_t> ids(static_cast<std::size_t>(shape.experts));
  std::iota(ids.begin(), ids.end(), 0);
  LeastRecent names(ids.size());
  std::vector<Batch> batches(count);
  for (Batch& batch : batches) {
    batch.x.resize(static_cast<std::size_t>(tokens * shape.hidden));
    for (Bf16& value : batch.x) value = random_value(random());
    batch.routing = {tokens, shape.top_k, {}, {}};
    std::vector<bool> hit(ids.size());
    for (std::int64_t token = 0; token < tokens; ++token) {
      for (std::size_t k = 0; k < static_cast<std::size_t>(shape.top_k); ++k) {
        std::swap(ids[k], ids[k + random() % (ids.size() - k)]);
        batch.routing.experts.push_back(ids[k]);
        const auto expert = static_cast<std::size_t>(ids[k]);
        batch.experts_hit += hit[expert] ? 0 : 1;
        hit[expert] = true;
      }
    }
    names.rename(batch.routing.experts);
    batch.routing.weights.assign(batch.routing.experts.size(),
                                 1.0f / static_cast<float>(shape.top_k));
  }
  return batches;
}

}  // namespace switchyard::bench
