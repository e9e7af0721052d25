#include "kernels/cpu/layer.h"

// The registry's entries of the CPU.
namespace switchyard::kernels {
namespace {

Capability capability() {
  Clause::OneOf schemes;
  for (const SchemeInfo& scheme : kSchemes) schemes.symbols.emplace_back(scheme.name);
  return {
      {"device", Clause::OneOf{{"cpu"}}},
      {"scheme", schemes},
      {"activation", Clause::OneOf{{"silu", "swigluoai"}}},
      {"hidden", Clause::MultipleOf{32}},
      {"intermediate", Clause::MultipleOf{32}},
  };
}

// The order of parameters is that of the registry entry below.
template <Variant kVariant>
Expected<std::unique_ptr<PreparedLayer>> make(const LayerConfig& config,
                                              const LayerWeights& weights,
                                              std::span<const std::int64_t> parameters,
                                              const Preparation& preparation) {
  cpu::Options options;
  options.variant = kVariant;
  options.isa = cpu::best_isa();
  if (!preparation.isa.empty()) {
    const auto isa = cpu::isa_named(preparation.isa);
    if (!isa) {
      return fail("there is no instruction set `" + preparation.isa +
                  "` here; available: " + cpu::available_isas());
    }
    options.isa = *isa;
  }
  if (!parameters.empty()) options.block_m = static_cast<std::size_t>(parameters[0]);
  return cpu::prepare(config, weights, options, preparation);
}

template <Variant kVariant>
Kernel kernel(std::string doc, std::vector<Parameter> parameters) {
  Kernel result;
  result.name = name_of(kVariant);
  result.device = "cpu";
  result.doc = std::move(doc);
  result.parameters = std::move(parameters);
  result.capability = capability();
  result.numerics = [](Scheme scheme) { return cpu::numerics_of(scheme, cpu::best_isa()); };
  result.make = make<kVariant>;
  return result;
}

std::vector<Kernel> make_kernels() {
  std::vector<Kernel> kernels;
  kernels.push_back(kernel<Variant::native>(
      "products of the packed elements themselves, scaled a block at a time", {}));
  kernels.push_back(kernel<Variant::packed>(
      "packed weights, decoded in registers",
      {{"block_m", 1, 256, cpu::default_block_m(), "rows of tokens of one work item"}}));
  kernels.push_back(kernel<Variant::emulated>(
      "the experts that are hit dequantised to bf16 in memory first", {}));
  return kernels;
}

}  // namespace

const std::vector<Kernel>& cpu_kernels() {
  static const std::vector<Kernel> kernels = make_kernels();
  return kernels;
}

}  // namespace switchyard::kernels
