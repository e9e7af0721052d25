#pragma once

#include <memory>

#include "kernels/gpu/expert_products.h"
#include "kernels/gpu/tiles.h"
#include "kernels/gpu/weights.h"
#include "kernels/moe/numerics.h"

// The fused layer on a device: a sequence of launches of kernels/device.
//
//   route   router_logits, router_pick
//   group   count_pairs (of many pairs), group_pairs: pairs of token and expert into tiles
//   run     quantise (where the scheme does); the products of the variant: gate and up with
//           activation and quantisation of h, then down; combine
//
// `prepare` uploads, `reserve` allocates; the others only put launches into a stream, wait
// for nothing and depend on nothing but their arguments, so that they may be captured in a graph
// and replayed on other contents of the same memory. The device must outlive the layer.
namespace switchyard::kernels::gpu {

struct Options {
  Variant variant = Variant::emulated;
  // Rows of a tile: 16, 32 or 64; packed on sm_90a also 48. Same results for every value.
  std::uint32_t block_m = 64;
  // packed: how many share a reduction, 1, 2 or 4, so that there are more workgroups where there
  // are few tokens. sm_90a: workgroups; AMD: waves, and 1 unless block_m is 16. The order of
  // additions follows it.
  std::uint32_t split_k = 1;
  // emulated: experts are dequantised in batches that fit this, at least one; 0 is a quarter of the
  // device's memory. Same results for every value.
  std::size_t workspace_bytes = 0;
};

// What every variant rounds on a device. Matrix instructions may cut off what they add, so that an
// addition is off by a whole unit of the last place instead of half.
Numerics numerics_of(Scheme scheme);

// Tokens of one run, at most.
inline constexpr std::int64_t kMostTokens = 1 << 18;

// Where the output goes, [T, H]: either or both.
struct DeviceOutput {
  Address bf16 = 0;
  Address f32 = 0;
};

class Layer {
 public:
  // Checks nothing that kernels::prepare does; fails where the device has no memory or no kernel.
  static Expected<std::unique_ptr<Layer>> prepare(Device& device, const LayerConfig& config,
                                                  const LayerWeights& weights,
                                                  const Options& options);

  // The same layer by other options, on the weights of this one where their layouts are the same:
  // those of one variant, say, for the block_m of another regime. Fails where they are not.
  Expected<std::unique_ptr<Layer>> sibling(const Options& options) const;
  bool can_share(const Options& options) const;

  // Workspace for runs of up to so many tokens; keeps what is there if that suffices. Waits for the
  // device where it must grow. Not while a stream that uses the layer is captured or has work.
  Expected<void> reserve(std::int64_t tokens);

  // Experts [T, k] (int32) and weights [T, k] (float) for x [T, H] (bf16); 0 <= tokens <= reserved.
  Expected<void> route(Address x, std::int64_t tokens, Address experts, Address weights,
                       Stream stream) const;

  // Room for the tiles of batches of up to so many tokens.
  Expected<Tiles> make_tiles(std::int64_t tokens) const {
    return Tiles::allocate(device_, config_.shape, options_.block_m, tokens);
  }

  // The tiles of a routing: experts [T, k], ids in 0 .. E-1, distinct within a token.
  Expected<void> group(std::int64_t tokens, Address experts, const Tiles& tiles,
                       Stream stream) const;

  // The experts for x under the routing that was grouped into these tiles.
  Expected<void> run(Address x, std::int64_t tokens, const Tiles& tiles, Address weights,
                     const DeviceOutput& out, Stream stream) const;

 private:
  Layer(Device& device, const LayerConfig& config, const Options& options);

  Expected<void> find_functions();
  Expected<void> make_products();
  Expected<void> check_reserved(std::int64_t tokens) const;
  Expected<void> check_tiles(std::int64_t tokens, const Tiles& tiles) const;

  Device& device_;
  LayerConfig config_;
  Options options_;
  std::shared_ptr<const DeviceWeights> weights_;
  std::unique_ptr<ExpertProducts> products_;
  float input_scale_ = 1, hidden_scale_ = 1;  // static ones, of fp8 activations
  // Of a launch of the router for so many tokens, which share the reduction.
  std::uint32_t router_parts(std::int64_t tokens) const;
  Expected<void> logits(Address x, std::int64_t tokens, Stream stream) const;

  Function logits_ = 0, logits_of_many_ = 0, router_pick_ = 0, group_pairs_ = 0, count_pairs_ = 0,
           quantise_ = 0, combine_ = 0;
  std::int64_t reserved_ = -1;
  Memory parts_of_logits_;
  Memory x_;  // for quantised x; empty where the scheme does not quantise
  Memory h_, y_, partial_;
};

}  // namespace switchyard::kernels::gpu
