#include "kernels/gpu/kernels.h"

#include <algorithm>
#include <span>
#include <string>

#include "kernels/gpu/prepared_layer.h"

namespace switchyard::kernels::gpu {
namespace {

// Two words an expert, a word a group and a pick of each wave must fit LDS beside one another
// (router_pick.hip).
constexpr std::int64_t kMostExperts = 1024;

Capability capability(Variant variant, std::string_view kind) {
  Clause::OneOf schemes;
  for (const SchemeInfo& scheme : kSchemes) schemes.symbols.emplace_back(scheme.name);
  Capability result = {
      {"device", Clause::OneOf{{std::string(kind)}}},
      {"scheme", schemes},
      {"activation", Clause::OneOf{{"silu", "swigluoai"}}},
      {"hidden", Clause::MultipleOf{32}},
      {"intermediate", Clause::MultipleOf{32}},
      {"experts", Clause::Within{1, kMostExperts}},
  };
  // The scaled matrix instruction and conversions with a scale; in HIP's kind, gfx950 alone has
  // them.
  if (variant == Variant::native) result.push_back({"supports_mx", Clause::Holds{}});
  return result;
}

// The values of block_m that kernels are built for.
struct BlockSizes {
  std::span<const std::int64_t> of;
  std::string_view spelled;
};
BlockSizes block_sizes(Variant variant, bool nvidia) {
  static constexpr std::int64_t kAmd[] = {16, 32, 64};
  static constexpr std::int64_t kPacked[] = {16, 32, 48, 64, 128};
  static constexpr std::int64_t kEmulated[] = {16, 32, 64, 128};
  if (!nvidia) return {kAmd, "16, 32 or 64"};
  if (variant == Variant::packed) return {kPacked, "16, 32, 48, 64 or 128"};
  return {kEmulated, "16, 32, 64 or 128"};
}

// What the parameters, in the registry's order, say; the error names one that no kernel is built
// for.
Expected<Options> options_of(Variant variant, bool nvidia,
                             std::span<const std::int64_t> parameters) {
  Options options;
  options.variant = variant;
  options.block_m = static_cast<std::uint32_t>(parameters[0]);
  const BlockSizes sizes = block_sizes(variant, nvidia);
  if (std::find(sizes.of.begin(), sizes.of.end(), parameters[0]) == sizes.of.end()) {
    return fail("parameter `block_m` is " + std::to_string(parameters[0]) + ", but must be " +
                std::string(sizes.spelled));
  }
  if (parameters.size() < 2) return options;
  options.split_k = static_cast<std::uint32_t>(parameters[1]);
  if (options.split_k == 3) {
    return fail("parameter `split_k` is 3, but must be 1, 2 or 4");
  }
  if (options.split_k != 1 && options.block_m != 16) {
    return fail("parameter `split_k` is " + std::to_string(options.split_k) +
                " where `block_m` is " + std::to_string(options.block_m) +
                ", but must be 1 unless `block_m` is 16");
  }
  return options;
}

bool is_nvidia(std::string_view kind, const Device* device) {
  if (device == nullptr) return kind == "cuda";
  return device->info().architecture.substr(0, 3) == "sm_";
}

Kernel kernel(Variant variant, std::string doc, std::vector<Parameter> parameters,
              std::string_view kind, Device* device) {
  Kernel result;
  result.name = name_of(variant);
  result.device = kind;
  result.doc = std::move(doc);
  result.parameters = std::move(parameters);
  result.capability = capability(variant, kind);
  result.numerics = numerics_of;
  result.make =
      [variant, nvidia = is_nvidia(kind, device), device](
          const LayerConfig& config, const LayerWeights& weights,
          std::span<const std::int64_t> values,
          const Preparation&) -> Expected<std::unique_ptr<PreparedLayer>> {
    const std::string which = "kernel `" + std::string(name_of(variant)) + "`";
    if (device == nullptr) return fail(which + " was listed without a device");
    const auto options = options_of(variant, nvidia, values);
    if (!options) return fail(which + ": " + options.error().message);
    return prepared_layer(*device, config, weights, *options);
  };
  return result;
}

std::vector<Kernel> kernels_of(std::string_view kind, Device* device) {
  const bool nvidia = is_nvidia(kind, device);
  const auto block_m = [&](Variant variant) {
    const BlockSizes sizes = block_sizes(variant, nvidia);
    // On CUDA emulated is faster with the largest tile whatever the batch (bench/README.md).
    const bool large = nvidia && variant == Variant::emulated;
    return Parameter{"block_m", sizes.of.front(), sizes.of.back(), large ? 128 : 64,
                     "rows of tokens in a tile: " + std::string(sizes.spelled)};
  };
  const Parameter split_k = {"split_k", 1, 4, 1,
                             std::string(nvidia ? "workgroups that share a reduction"
                                                : "waves that share the reduction of a column") +
                                 ": 1, 2 or 4; 1 unless block_m is 16"};
  std::vector<Kernel> kernels;
  if (device != nullptr ? device->info().architecture == "gfx950" : kind == "hip") {
    kernels.push_back(kernel(Variant::native,
                             "packed operands into the scaled matrix instruction; weights to "
                             "bf16 by conversion instructions where activations are bf16; gfx950",
                             {block_m(Variant::native)}, kind, device));
  }
  kernels.push_back(kernel(Variant::packed,
                           "packed weights, decoded in registers next to bf16 matrix instructions",
                           {block_m(Variant::packed), split_k}, kind, device));
  kernels.push_back(kernel(Variant::emulated,
                           "the experts that are hit dequantised to bf16 in memory first",
                           {block_m(Variant::emulated)}, kind, device));
  return kernels;
}

}  // namespace

std::vector<Kernel> gpu_kernels(Device& device) { return kernels_of(device.info().kind, &device); }

std::vector<Kernel> gpu_kernels(std::string_view kind) { return kernels_of(kind, nullptr); }

}  // namespace switchyard::kernels::gpu
