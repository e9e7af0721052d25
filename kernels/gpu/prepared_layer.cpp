#include "kernels/gpu/prepared_layer.h"

#include <optional>
#include <utility>

namespace switchyard::kernels::gpu {
namespace {

class DeviceLayer final : public PreparedLayer {
 public:
  DeviceLayer(Device& device, const LayerConfig& config, std::unique_ptr<Layer> layer)
      : device_(device), config_(config), layer_(std::move(layer)) {}

  // A failure of the device shows in the run that follows.
  Routing route(std::span<const Bf16> x, ThreadPool& /*pool*/) const override {
    const auto hidden = static_cast<std::size_t>(config_.shape.hidden);
    const std::size_t tokens = x.size() / hidden;
    const std::size_t pairs = tokens * static_cast<std::size_t>(config_.shape.top_k);
    Routing routing{static_cast<std::int64_t>(tokens), config_.shape.top_k,
                    std::vector<std::int32_t>(pairs), std::vector<float>(pairs)};
    if (tokens == 0) return routing;
    auto ok = reserve(routing.tokens);
    if (ok) ok = device_.upload(x_.address(), x.data(), x.size_bytes(), 0);
    if (ok) {
      ok = layer_->route(x_.address(), routing.tokens, experts_.address(), weights_.address(), 0);
    }
    if (ok) {
      ok = device_.download(routing.experts.data(), experts_.address(),
                            pairs * sizeof(std::int32_t), 0);
    }
    if (ok) {
      ok = device_.download(routing.weights.data(), weights_.address(), pairs * sizeof(float), 0);
    }
    if (ok) ok = device_.synchronise(0);
    if (!ok) route_error_ = ok.error();
    return routing;
  }

  Expected<void> run(std::span<const Bf16> x, const Routing& routing, Output out,
                     ThreadPool& /*pool*/) override {
    if (route_error_) return tl::unexpected(*std::exchange(route_error_, std::nullopt));
    if (auto ok = validate(config_, x, routing); !ok) return ok;
    if (routing.tokens == 0) return {};
    if (auto ok = reserve(routing.tokens); !ok) return ok;
    const std::size_t pairs = routing.experts.size();
    float* const* floats = std::get_if<float*>(&out);
    const DeviceOutput to{floats != nullptr ? 0 : out_.address(),
                          floats != nullptr ? out_.address() : 0};
    auto ok = device_.upload(x_.address(), x.data(), x.size_bytes(), 0);
    if (ok) {
      ok = device_.upload(experts_.address(), routing.experts.data(), pairs * sizeof(std::int32_t),
                          0);
    }
    if (ok) {
      ok = device_.upload(weights_.address(), routing.weights.data(), pairs * sizeof(float), 0);
    }
    if (ok) ok = layer_->group(routing.tokens, experts_.address(), tiles_, 0);
    if (ok) {
      ok = layer_->run(x_.address(), routing.tokens, tiles_, weights_.address(), to, 0);
    }
    if (ok && floats != nullptr) {
      ok = device_.download(*floats, to.f32, x.size() * sizeof(float), 0);
    } else if (ok) {
      ok = device_.download(std::get<Bf16*>(out), to.bf16, x.size() * sizeof(Bf16), 0);
    }
    // Also after a failure, so that nothing of the caller's is in use.
    const auto waited = device_.synchronise(0);
    return ok ? waited : ok;
  }

 private:
  Expected<void> reserve(std::int64_t tokens) const {
    if (tokens <= reserved_) return {};
    if (auto ok = layer_->reserve(tokens); !ok) return ok;
    const auto rows = static_cast<std::size_t>(tokens);
    const std::size_t values = rows * static_cast<std::size_t>(config_.shape.hidden);
    const std::size_t pairs = rows * static_cast<std::size_t>(config_.shape.top_k);
    reserved_ = -1;
    const struct {
      Memory* to;
      std::size_t bytes;
    } all[] = {{&x_, values * sizeof(Bf16)},
               {&experts_, pairs * sizeof(std::int32_t)},
               {&weights_, pairs * sizeof(float)},
               {&out_, values * sizeof(float)}};
    for (const auto& [to, bytes] : all) {
      *to = Memory();
      auto memory = Memory::allocate(device_, bytes);
      if (!memory) return tl::unexpected(memory.error());
      *to = std::move(*memory);
    }
    auto tiles = layer_->make_tiles(tokens);
    if (!tiles) return tl::unexpected(tiles.error());
    tiles_ = std::move(*tiles);
    reserved_ = tokens;
    return {};
  }

  Device& device_;
  LayerConfig config_;
  std::unique_ptr<Layer> layer_;
  // What route and run copy through; not part of what the layer is.
  mutable std::int64_t reserved_ = 0;
  mutable Memory x_, experts_, weights_, out_;
  mutable Tiles tiles_;
  mutable std::optional<Error> route_error_;
};

}  // namespace

Expected<std::unique_ptr<PreparedLayer>> prepared_layer(Device& device, const LayerConfig& config,
                                                        const LayerWeights& weights,
                                                        const Options& options) {
  auto layer = Layer::prepare(device, config, weights, options);
  if (!layer) return tl::unexpected(layer.error());
  return std::make_unique<DeviceLayer>(device, config, std::move(*layer));
}

}  // namespace switchyard::kernels::gpu
