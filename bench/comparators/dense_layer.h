#pragma once

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>
#include <vector>

#include "bench/comparators/dense_product.h"
#include "bench/comparators/dequantise.h"
#include "kernels/moe/activation.h"
#include "kernels/registry.h"

namespace switchyard::bench {

// act(gate, up) of kernels/moe/layer.h, each operation rounded to float.
inline float activate(kernels::Activation activation, float gate, float up) {
  if (activation == kernels::Activation::silu) return gate / (1 + std::exp(-gate)) * up;
  const float g = std::min(gate, kernels::kSwigluLimit);
  const float u = std::clamp(up, -kernels::kSwigluLimit, kernels::kSwigluLimit);
  return g / (1 + std::exp(-kernels::kSwigluAlpha * g)) * (u + 1);
}

// The layer by a plain product of dequantised weights, each expert's tokens by its weights: what is
// done where there is no kernel for packed ones. Schemes with bf16 activations.
template <typename T>
class DenseLayer final : public kernels::PreparedLayer {
 public:
  // `ready`: all weights are dequantised here, which takes E * 3 H I numbers of memory; otherwise
  // those of an expert that is hit are while it runs. `weights` and `product` must outlive it.
  DenseLayer(const kernels::LayerConfig& config, const kernels::LayerWeights& weights,
             DenseProduct<T>& product, bool ready)
      : config_(config),
        weights_(weights),
        product_(product),
        hidden_(static_cast<std::size_t>(config.shape.hidden)),
        intermediate_(static_cast<std::size_t>(config.shape.intermediate)),
        dequantiser_(info(config.scheme).weight) {
    const std::size_t experts = ready ? weights.experts.size() : 1;
    expanded_ = std::vector<std::unique_ptr<T[]>>(experts);
    for (auto& expert : expanded_) {
      expert = std::make_unique_for_overwrite<T[]>(3 * hidden_ * intermediate_);
    }
    if (!ready) return;
    kernels::ThreadPool pool;
    for (std::size_t expert = 0; expert < experts; ++expert) {
      expand(expert, expanded_[expert].get(), pool);
    }
  }

  kernels::Routing route(std::span<const kernels::Bf16>, kernels::ThreadPool&) const override {
    return {};  // not part of what is compared
  }

  kernels::Expected<void> run(std::span<const kernels::Bf16> x, const kernels::Routing& routing,
                              kernels::Output out, kernels::ThreadPool& pool) override {
    product_.use_threads(pool.threads());
    const auto tokens = static_cast<std::size_t>(routing.tokens);
    const auto top_k = static_cast<std::size_t>(routing.top_k);
    std::vector<std::vector<std::uint32_t>> pairs(weights_.experts.size());
    for (std::uint32_t pair = 0; pair < tokens * top_k; ++pair) {
      pairs[static_cast<std::size_t>(routing.experts[pair])].push_back(pair);
    }
    sums_.assign(tokens * hidden_, 0);
    for (std::size_t expert = 0; expert < pairs.size(); ++expert) {
      if (pairs[expert].empty()) continue;
      if (auto ok = run_expert(expert, pairs[expert], x, routing, pool); !ok) return ok;
    }
    kernels::Bf16* const rounded = std::get<kernels::Bf16*>(out);
    pool.for_each(tokens, [&](std::size_t token) {
      for (std::size_t i = token * hidden_; i < (token + 1) * hidden_; ++i) {
        rounded[i] = kernels::mx::to_bf16(sums_[i]);
      }
    });
    return {};
  }

 private:
  // Gate and up rows as one matrix, then down.
  void expand(std::size_t expert, T* to, kernels::ThreadPool& pool) const {
    const kernels::ExpertWeights& from = weights_.experts[expert];
    const std::size_t a_matrix = hidden_ * intermediate_;
    dequantiser_.expand(from.gate, intermediate_, hidden_, to, pool);
    dequantiser_.expand(from.up, intermediate_, hidden_, to + a_matrix, pool);
    dequantiser_.expand(from.down, hidden_, intermediate_, to + 2 * a_matrix, pool);
  }

  kernels::Expected<void> run_expert(std::size_t expert, const std::vector<std::uint32_t>& pairs,
                                     std::span<const kernels::Bf16> x,
                                     const kernels::Routing& routing, kernels::ThreadPool& pool) {
    const bool ready = expanded_.size() > 1;
    T* const matrices = expanded_[ready ? expert : 0].get();
    if (!ready) expand(expert, matrices, pool);
    const std::size_t rows = pairs.size();
    const auto top_k = static_cast<std::size_t>(routing.top_k);
    x_.resize(rows * hidden_);
    gate_up_.resize(rows * 2 * intermediate_);
    h_.resize(rows * intermediate_);
    y_.resize(rows * hidden_);
    pool.for_each(rows, [&](std::size_t row) {
      const kernels::Bf16* const from = x.data() + pairs[row] / top_k * hidden_;
      for (std::size_t i = 0; i < hidden_; ++i) {
        assign(kernels::mx::to_float(from[i]), x_[row * hidden_ + i]);
      }
    });
    if (auto ok = product_.multiply(x_.data(), matrices, gate_up_.data(), rows, 2 * intermediate_,
                                    hidden_);
        !ok) {
      return ok;
    }
    pool.for_each(rows, [&](std::size_t row) {
      const float* const gate = gate_up_.data() + row * 2 * intermediate_;
      for (std::size_t i = 0; i < intermediate_; ++i) {
        const float h = activate(config_.activation, gate[i], gate[intermediate_ + i]);
        assign(kernels::mx::to_float(kernels::mx::to_bf16(h)), h_[row * intermediate_ + i]);
      }
    });
    if (auto ok = product_.multiply(h_.data(), matrices + 2 * hidden_ * intermediate_, y_.data(),
                                    rows, hidden_, intermediate_);
        !ok) {
      return ok;
    }
    // A token has an expert once, so that no two rows add to the same sums.
    pool.for_each(rows, [&](std::size_t row) {
      float* const sum = sums_.data() + pairs[row] / top_k * hidden_;
      for (std::size_t i = 0; i < hidden_; ++i) {
        sum[i] += routing.weights[pairs[row]] * y_[row * hidden_ + i];
      }
    });
    return {};
  }

  kernels::LayerConfig config_;
  kernels::LayerWeights weights_;
  DenseProduct<T>& product_;
  std::size_t hidden_, intermediate_;
  Dequantiser<T> dequantiser_;
  std::vector<std::unique_ptr<T[]>> expanded_;  // of every expert, or of the one that runs
  std::vector<T> x_, h_;                        // of the expert that runs
  std::vector<float> gate_up_, y_;
  std::vector<float> sums_;  // [T, H]
};

}  // namespace switchyard::bench
