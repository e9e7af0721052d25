#include "kernels/gpu/kernels.h"

#include <string>

#include "kernels/gpu/prepared_layer.h"

namespace switchyard::kernels::gpu {
namespace {

// A word an expert, a group and a pick of each wave must fit LDS beside one another
// (router_pick.hip).
constexpr std::int64_t kMostExperts = 1024;

Capability capability(std::string_view kind) {
  Clause::OneOf schemes;
  for (const SchemeInfo& scheme : kSchemes) schemes.symbols.emplace_back(scheme.name);
  return {
      {"device", Clause::OneOf{{std::string(kind)}}},
      {"scheme", schemes},
      {"activation", Clause::OneOf{{"silu", "swigluoai"}}},
      {"hidden", Clause::MultipleOf{32}},
      {"intermediate", Clause::MultipleOf{32}},
      {"experts", Clause::Within{1, kMostExperts}},
  };
}

Parameter block_m(std::int64_t default_value) {
  return {"block_m", 16, 64, default_value, "rows of tokens in a tile: 16, 32 or 64"};
}

Expected<std::uint32_t> checked_block_m(std::int64_t value) {
  if (value == 16 || value == 32 || value == 64) return static_cast<std::uint32_t>(value);
  return fail("parameter `block_m` is " + std::to_string(value) + ", but must be 16, 32 or 64");
}

using Make = decltype(Kernel::make);

Make make_emulated(Device* device) {
  return [device](
             const LayerConfig& config, const LayerWeights& weights,
             std::span<const std::int64_t> parameters) -> Expected<std::unique_ptr<PreparedLayer>> {
    if (device == nullptr) return fail("kernel `emulated` was listed without a device");
    const auto rows = checked_block_m(parameters[0]);
    if (!rows) return fail("kernel `emulated`: " + rows.error().message);
    Options options;
    options.variant = Variant::emulated;
    options.block_m = *rows;
    return prepared_layer(*device, config, weights, options);
  };
}

std::vector<Kernel> kernels_of(std::string_view kind, Device* device) {
  std::vector<Kernel> kernels;
  Kernel emulated;
  emulated.name = name_of(Variant::emulated);
  emulated.device = kind;
  emulated.doc = "the experts that are hit dequantised to bf16 in memory first";
  emulated.parameters = {block_m(64)};
  emulated.capability = capability(kind);
  emulated.numerics = numerics_of;
  emulated.make = make_emulated(device);
  kernels.push_back(std::move(emulated));
  return kernels;
}

}  // namespace

std::vector<Kernel> gpu_kernels(Device& device) { return kernels_of(device.info().kind, &device); }

std::vector<Kernel> gpu_kernels(std::string_view kind) { return kernels_of(kind, nullptr); }

}  // namespace switchyard::kernels::gpu
