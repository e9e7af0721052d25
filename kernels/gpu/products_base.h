#pragma once

#include <initializer_list>
#include <string>

#include "kernels/gpu/expert_products.h"
#include "kernels/gpu/launching.h"

namespace switchyard::kernels::gpu {

// What the products of every variant hold. Device and weights must outlive it.
class ProductsBase : public ExpertProducts {
 protected:
  ProductsBase(Device& device, const ProductsConfig& config, const DeviceWeights& weights)
      : device_(device),
        config_(config),
        weights_(weights),
        experts_(static_cast<std::uint32_t>(config.config.shape.experts)),
        hidden_(static_cast<std::uint32_t>(config.config.shape.hidden)),
        intermediate_(static_cast<std::uint32_t>(config.config.shape.intermediate)),
        top_k_(static_cast<std::uint32_t>(config.config.shape.top_k)) {}

  struct Named {
    Function* to;
    std::string name;
  };
  // Stops at the first that the device lacks.
  Expected<void> find(std::initializer_list<Named> functions) {
    for (const auto& [to, name] : functions) {
      const auto function = device_.function(name);
      if (!function) return tl::unexpected(function.error());
      *to = *function;
    }
    return {};
  }

  // Parts of kernels' names: "_m16", "mxfp4".
  std::string block() const { return "_m" + std::to_string(config_.block_m); }
  std::string format() const { return std::string(name_of(info(config_.config.scheme).weight)); }
  std::uint32_t pairs_of(const Grouped& grouped) const { return grouped.tokens * top_k_; }
  std::uint32_t threads() const { return device::kWorkgroupWaves * device_.info().wave; }

  Device& device_;
  ProductsConfig config_;
  const DeviceWeights& weights_;
  std::uint32_t experts_, hidden_, intermediate_, top_k_;
};

// As a variant's factory hands it out.
template <typename Products>
Expected<std::unique_ptr<ExpertProducts>> prepared(Device& device, const ProductsConfig& config,
                                                   const DeviceWeights& weights) {
  auto products = std::make_unique<Products>(device, config, weights);
  if (auto ok = products->prepare(); !ok) return tl::unexpected(ok.error());
  return products;
}

}  // namespace switchyard::kernels::gpu
