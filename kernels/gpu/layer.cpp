#include "kernels/gpu/layer.h"

#include <algorithm>

#include "kernels/device/fragment_layout.h"
#include "kernels/device/grouping_grid.h"
#include "kernels/gpu/launching.h"
#include "kernels/gpu/preshuffle.h"
#include "kernels/mx/block.h"

namespace switchyard::kernels::gpu {
namespace {

std::uint32_t narrow(std::int64_t value) { return static_cast<std::uint32_t>(value); }

// Experts of a workgroup of the router.
constexpr std::uint32_t kRouterColumns =
    device::kRouterShapes[0].waves * device::kRouterShapes[0].strips * device::kStripRows;

// From so many tokens on their tiles are 64 rows, so that weights are read less often.
const device::WarpgroupShape& router_shape(std::uint32_t tokens) {
  return device::kRouterShapes[tokens > 256 ? 1 : 0];
}

bool by_warpgroups(const Device& device) {
  return packed_arrangement(device.info().architecture) == device::Arrangement::steps;
}

// On sm_90a all variants read the same weights; on gfx950 native and packed do.
WeightLayout layout_of(Variant variant, const Device& on) {
  if (by_warpgroups(on)) return WeightLayout::steps;
  if (variant == Variant::emulated) return WeightLayout::rows;
  return packed_arrangement(on.info().architecture) == device::Arrangement::blocks
             ? WeightLayout::blocks
             : WeightLayout::runs;
}

Expected<std::unique_ptr<ExpertProducts>> products_of(Variant variant, Device& device,
                                                      const ProductsConfig& config,
                                                      const DeviceWeights& weights) {
  if (variant == Variant::native && device.info().architecture != "gfx950") {
    return fail("variant native is gfx950's, but the device is " + device.info().architecture);
  }
  if (by_warpgroups(device)) return warpgroup_products(variant, device, config, weights);
  // The scaled matrix instruction takes no bf16, so for bf16 activations weights are converted.
  const bool converts =
      variant == Variant::native && info(config.config.scheme).activation == ActivationFormat::bf16;
  if (variant == Variant::packed || converts) return packed_products(device, config, weights);
  if (variant == Variant::native) return native_products(device, config, weights);
  return emulated_products(device, config, weights);
}

}  // namespace

Numerics numerics_of(Scheme scheme) {
  Numerics numerics;
  numerics.accumulator = 2 * kUnitFloat;
  numerics.h_bf16 = info(scheme).activation == ActivationFormat::bf16;
  return numerics;
}

Layer::Layer(Device& device, const LayerConfig& config, const Options& options)
    : device_(device), config_(config), options_(options) {}

Expected<std::unique_ptr<Layer>> Layer::prepare(Device& device, const LayerConfig& config,
                                                const LayerWeights& weights,
                                                const Options& options) {
  std::unique_ptr<Layer> layer(new Layer(device, config, options));
  auto uploaded = upload_weights(device, config, weights, layout_of(options.variant, device));
  if (!uploaded) return tl::unexpected(uploaded.error());
  layer->weights_ = std::make_shared<const DeviceWeights>(std::move(*uploaded));
  if (auto ok = layer->find_functions(); !ok) return tl::unexpected(ok.error());
  if (info(config.scheme).activation == ActivationFormat::fp8) {
    layer->input_scale_ = weights.input_scale;
    layer->hidden_scale_ = weights.hidden_scale;
  }
  if (auto ok = layer->make_products(); !ok) return tl::unexpected(ok.error());
  return layer;
}

bool Layer::can_share(const Options& options) const {
  return layout_of(options.variant, device_) == layout_of(options_.variant, device_);
}

Expected<std::unique_ptr<Layer>> Layer::sibling(const Options& options) const {
  if (!can_share(options)) {
    return fail("variant " + std::string(name_of(options.variant)) +
                " cannot share the weights of " + std::string(name_of(options_.variant)) +
                ": they lie in another order; prepare it");
  }
  std::unique_ptr<Layer> layer(new Layer(device_, config_, options));
  layer->weights_ = weights_;
  if (auto ok = layer->find_functions(); !ok) return tl::unexpected(ok.error());
  layer->input_scale_ = input_scale_;
  layer->hidden_scale_ = hidden_scale_;
  if (auto ok = layer->make_products(); !ok) return tl::unexpected(ok.error());
  return layer;
}

Expected<void> Layer::make_products() {
  const ProductsConfig products{
      config_,
      options_.block_m,
      options_.split_k,
      input_scale_,
      hidden_scale_,
      options_.workspace_bytes != 0 ? options_.workspace_bytes : device_.info().memory_bytes / 4};
  auto made = products_of(options_.variant, device_, products, *weights_);
  if (!made) return tl::unexpected(made.error());
  products_ = std::move(*made);
  return {};
}

Expected<void> Layer::find_functions() {
  using Form = DeviceWeights::Router;
  const Form form = weights_->router_form;
  const struct {
    Function* to;
    std::string_view name;
  } functions[] = {
      {&logits_, form == Form::records   ? "switchyard_router_products_m16"
                 : form == Form::float32 ? "switchyard_router_logits_float"
                                         : "switchyard_router_logits_bf16"},
      {&logits_of_many_, form == Form::records ? "switchyard_router_products_m64" : ""},
      {&router_pick_, "switchyard_router_pick"},
      {&group_pairs_, "switchyard_group_pairs"},
      {&count_pairs_, "switchyard_count_pairs"},
      {&quantise_, "switchyard_quantise"},
      {&combine_, "switchyard_combine"}};
  for (const auto& [to, name] : functions) {
    if (name.empty()) continue;
    const auto function = device_.function(name);
    if (!function) return tl::unexpected(function.error());
    *to = *function;
  }
  return {};
}

Expected<void> Layer::reserve(std::int64_t tokens) {
  if (tokens <= reserved_) return {};
  if (tokens > kMostTokens) {
    return fail("tokens is " + std::to_string(tokens) + ", but a run on a device takes at most " +
                std::to_string(kMostTokens) + "; run them in parts");
  }
  const Shape& shape = config_.shape;
  const auto rows = static_cast<std::size_t>(tokens);
  const auto pairs = static_cast<std::size_t>(tokens * shape.top_k);
  const auto experts = static_cast<std::size_t>(shape.experts);
  const std::size_t h = static_cast<std::size_t>(shape.hidden);
  const std::size_t i = static_cast<std::size_t>(shape.intermediate);
  const bool quantised = info(config_.scheme).activation != ActivationFormat::bf16;
  // Of the logits' rows, tokens times parts, where there are several parts (router_parts).
  const std::size_t kShared =
      std::size_t{2} * device_.info().multiprocessors * device::kRouterShapes[1].block_m;
  reserved_ = -1;
  const struct {
    Memory* to;
    std::size_t bytes;
  } all[] = {{&parts_of_logits_, (rows + kShared) * experts * sizeof(float)},
             {&x_, quantised ? rows * h * sizeof(Bf16) : 0},
             {&h_, pairs * i * sizeof(Bf16)},
             {&y_, products_->parts() * pairs * h * sizeof(float)},
             {&partial_, products_->partial_bytes(pairs)}};
  for (const auto& [to, bytes] : all) *to = Memory();
  for (const auto& [to, bytes] : all) {
    if (bytes == 0) continue;
    auto memory = Memory::allocate(device_, bytes);
    if (!memory) return tl::unexpected(memory.error());
    *to = std::move(*memory);
  }
  reserved_ = tokens;
  return {};
}

Expected<void> Layer::check_reserved(std::int64_t tokens) const {
  if (tokens >= 0 && tokens <= reserved_) return {};
  return fail("tokens is " + std::to_string(tokens) + ", but workspace is reserved for " +
              std::to_string(std::max<std::int64_t>(reserved_, 0)) + "; reserve it first");
}

Expected<void> Layer::route(Address x, std::int64_t tokens, Address experts, Address weights,
                            Stream stream) const {
  if (auto ok = check_reserved(tokens); !ok || tokens == 0) return ok;
  const Shape& shape = config_.shape;
  const Router& router = config_.router;
  if (auto ok = logits(x, tokens, stream); !ok) return ok;
  const bool grouped = router.kind == Router::Kind::sigmoid_grouped;
  const device::RouterPick pick{parts_of_logits_.as<float>(),
                                weights_->router_bias.as<float>(),
                                weights_->router_correction.as<float>(),
                                reinterpret_cast<std::int32_t*>(experts),
                                reinterpret_cast<float*>(weights),
                                narrow(tokens),
                                narrow(shape.experts),
                                narrow(shape.top_k),
                                grouped ? narrow(router.groups) : 1,
                                grouped ? narrow(router.top_groups) : 1,
                                router.scaling_factor,
                                router.kind,
                                router.renormalise,
                                router_parts(tokens)};
  const std::uint32_t waves = device::kWorkgroupWaves;
  const std::uint32_t words = 2 * pick.experts + pick.groups + pick.top_k;  // of a wave
  return launch_grid(device_, router_pick_, divide_up(narrow(tokens), waves), 1, waves * words * 4,
                     pick, stream, true);
}

// As many as fill the device twice over, and no more than eight, which are added again for each
// pick.
std::uint32_t Layer::router_parts(std::int64_t tokens) const {
  if (weights_->router_form != DeviceWeights::Router::records) return 1;
  constexpr std::uint32_t kMost = 8;
  const std::uint32_t workgroups = divide_up(narrow(tokens), router_shape(narrow(tokens)).block_m) *
                                   divide_up(narrow(config_.shape.experts), kRouterColumns);
  const std::uint32_t groups = device::groups_of(narrow(config_.shape.hidden));
  return std::clamp<std::uint32_t>(2 * device_.info().multiprocessors / workgroups, 1,
                                   std::min(groups, kMost));
}

Expected<void> Layer::logits(Address x, std::int64_t tokens, Stream stream) const {
  const std::uint32_t count = narrow(tokens), hidden = narrow(config_.shape.hidden),
                      experts = narrow(config_.shape.experts), parts = router_parts(tokens);
  const auto* values = reinterpret_cast<const Bf16*>(x);
  if (weights_->router_form == DeviceWeights::Router::records) {
    constexpr std::uint32_t kBits = 16;
    const device::WarpgroupShape& shape = router_shape(count);
    const std::uint32_t lds = shape.stages * device::warpgroup_stage_bytes(shape, kBits);
    const device::RouterProducts argument{values,
                                          weights_->router.as<std::uint8_t>(),
                                          parts_of_logits_.as<float>(),
                                          count,
                                          hidden,
                                          experts,
                                          parts};
    return launch_grid(device_, shape.block_m == 16 ? logits_ : logits_of_many_,
                       divide_up(count, shape.block_m), parts * divide_up(experts, kRouterColumns),
                       lds, argument, stream);
  }
  const device::RouterLogits argument{
      values, weights_->router.as<void>(), parts_of_logits_.as<float>(), count, hidden, experts};
  return launch_grid(device_, logits_, divide_up(experts, device::kWorkgroupWaves),
                     divide_up(count, 8), 0, argument, stream);
}

Expected<void> Layer::check_tiles(std::int64_t tokens, const Tiles& tiles) const {
  const Shape& shape = config_.shape;
  if (tokens >= 0 && tokens <= tiles.tokens() && tiles.block_m() == options_.block_m &&
      tiles.experts() == shape.experts && tiles.top_k() == shape.top_k) {
    return {};
  }
  const auto spell = [](std::int64_t count, std::int64_t block_m, std::int64_t experts,
                        std::int64_t top_k) {
    return std::to_string(count) + " tokens, block_m " + std::to_string(block_m) + ", " +
           std::to_string(experts) + " experts, " + std::to_string(top_k) + " a token";
  };
  return fail("the tiles are for up to " +
              spell(tiles.tokens(), tiles.block_m(), tiles.experts(), tiles.top_k()) +
              ", but this is a run of " +
              spell(tokens, options_.block_m, shape.experts, shape.top_k) +
              "; make them by this layer's make_tiles");
}

Expected<void> Layer::group(std::int64_t tokens, Address experts, const Tiles& tiles,
                            Stream stream) const {
  if (auto ok = check_tiles(tokens, tiles); !ok || tokens == 0) return ok;
  const std::uint32_t pairs = narrow(tokens * config_.shape.top_k);
  const std::uint32_t threads = device::kGroupingWaves * device_.info().wave;
  const std::uint32_t runs = device::grouping_runs(pairs, threads);
  const device::Group argument{reinterpret_cast<const std::int32_t*>(experts),
                               tiles.counts.as<std::uint32_t>(),
                               tiles.tile_begin.as<std::uint32_t>(),
                               tiles.tile_expert.as<std::int32_t>(),
                               tiles.tile_pairs.as<std::int32_t>(),
                               runs > 1 ? tiles.block_counts.as<std::uint32_t>() : nullptr,
                               pairs,
                               narrow(config_.shape.experts),
                               options_.block_m,
                               runs};
  if (runs > 1) {
    const std::uint32_t workgroups = device::placing_workgroups(pairs, runs, device_.info().wave);
    auto ok = launch_grid(device_, count_pairs_, workgroups, 1, 4 * argument.experts, argument,
                          stream, true, device::kGroupingWaves);
    if (!ok) return ok;
  }
  const std::uint32_t workgroups =
      device::grouping_workgroups(pairs, argument.experts, runs, device_.info().wave);
  return launch_grid(device_, group_pairs_, workgroups, 1,
                     static_cast<std::uint32_t>(device::grouping_lds(argument.experts)), argument,
                     stream, true, device::kGroupingWaves);
}

Expected<void> Layer::run(Address x, std::int64_t tokens, const Tiles& tiles, Address weights,
                          const DeviceOutput& out, Stream stream) const {
  if (auto ok = check_reserved(tokens); !ok || tokens == 0) return ok;
  if (auto ok = check_tiles(tokens, tiles); !ok) return ok;
  const Shape& shape = config_.shape;
  const std::uint32_t threads = device::kWorkgroupWaves * device_.info().wave;
  const auto* values = reinterpret_cast<const Bf16*>(x);
  if (x_.bytes() != 0 && options_.variant != Variant::native) {
    const device::Quantise quantise{values, x_.as<Bf16>(),
                                    narrow(tokens * shape.hidden / std::int64_t{mx::kBlock}),
                                    input_scale_, info(config_.scheme).activation};
    auto ok = launch_grid(device_, quantise_, divide_up(quantise.blocks, threads), 1, 0, quantise,
                          stream);
    if (!ok) return ok;
    values = x_.as<Bf16>();
  }
  const Grouped grouped{values,
                        narrow(tokens),
                        x_.as<std::uint8_t>(),
                        h_.as<Bf16>(),
                        y_.as<float>(),
                        partial_.as<float>(),
                        tiles.counts.as<std::uint32_t>(),
                        tiles.tile_begin.as<std::uint32_t>(),
                        tiles.tile_expert.as<std::int32_t>(),
                        tiles.tile_pairs.as<std::int32_t>(),
                        Tiles::most(tokens * shape.top_k, shape.experts, options_.block_m)};
  if (auto ok = products_->enqueue(grouped, stream); !ok) return ok;
  const device::Combine combine{y_.as<float>(),
                                reinterpret_cast<const float*>(weights),
                                reinterpret_cast<Bf16*>(out.bf16),
                                reinterpret_cast<float*>(out.f32),
                                narrow(tokens),
                                narrow(shape.hidden),
                                narrow(shape.top_k),
                                products_->parts()};
  const std::uint32_t pieces = narrow(tokens * (shape.hidden / 8));
  return launch_grid(device_, combine_, divide_up(pieces, threads), 1, 0, combine, stream, true);
}

}  // namespace switchyard::kernels::gpu
