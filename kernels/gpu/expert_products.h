#pragma once

#include <memory>

#include "kernels/device/arguments.h"
#include "kernels/gpu/weights.h"

namespace switchyard::kernels::gpu {

// Tokens grouped by expert and their activations, in the device's memory.
struct Grouped {
  const Bf16* x;         // [T, H]: quantised, but for native products, which do that themselves
  std::uint32_t tokens;  // T
  std::uint8_t* x_workspace;  // native: for quantised x, T * H * 2 bytes
  Bf16* h;   // [P, I], or bytes of the same size for what the products make of it; written
  float* y;  // [parts, P, H], written
  float* partial;  // where partial_bytes is not 0
  const std::uint32_t* counts;
  const std::uint32_t* tile_begin;
  const std::int32_t* tile_expert;
  const std::int32_t* tile_pairs;
  std::uint32_t most_tiles;  // there may be fewer
};

// The two products of one variant, from x to y.
class ExpertProducts {
 public:
  virtual ~ExpertProducts() = default;

  // Parts of y that are to be added: y is [parts, P, H].
  virtual std::uint32_t parts() const { return 1; }
  // Of `Grouped::partial`, for so many pairs.
  virtual std::size_t partial_bytes(std::size_t /*pairs*/) const { return 0; }

  // Puts the launches into the stream.
  virtual Expected<void> enqueue(const Grouped& grouped, Stream stream) const = 0;
};

// What both products of any variant need to know.
struct ProductsConfig {
  LayerConfig config;
  std::uint32_t block_m, split_k;
  float input_scale, hidden_scale;  // of fp8 activations; else 1
  std::size_t workspace_bytes;
};

// As kernels are named after it.
constexpr std::string_view name_of(WeightFormat format) {
  return format == WeightFormat::mxfp4        ? "mxfp4"
         : format == WeightFormat::mxfp6_e3m2 ? "mxfp6_e3m2"
                                              : "mxfp6_e2m3";
}

// Device and weights must outlive them. Weights in the layout of layer.cpp's `layout_of`. On sm_90a
// packed and emulated are `warpgroup_products`.
Expected<std::unique_ptr<ExpertProducts>> emulated_products(Device& device,
                                                            const ProductsConfig& config,
                                                            const DeviceWeights& weights);
Expected<std::unique_ptr<ExpertProducts>> native_products(Device& device,
                                                          const ProductsConfig& config,
                                                          const DeviceWeights& weights);
Expected<std::unique_ptr<ExpertProducts>> warpgroup_products(Variant variant, Device& device,
                                                             const ProductsConfig& config,
                                                             const DeviceWeights& weights);
Expected<std::unique_ptr<ExpertProducts>> packed_products(Device& device,
                                                          const ProductsConfig& config,
                                                          const DeviceWeights& weights);

}  // namespace switchyard::kernels::gpu
