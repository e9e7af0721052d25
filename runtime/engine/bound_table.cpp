#include "runtime/engine/bound_table.h"

namespace switchyard {
namespace {

std::string range_of(const kernels::Parameter& parameter) {
  return std::to_string(parameter.low) + " .. " + std::to_string(parameter.high);
}

std::string names_on(std::span<const kernels::Kernel> kernels, std::string_view device) {
  std::string names;
  for (const kernels::Kernel& kernel : kernels) {
    if (kernel.device == device) names += (names.empty() ? "" : ", ") + kernel.name;
  }
  return names;
}

std::string parameters_of(const kernels::Kernel& kernel) {
  std::string text;
  for (const kernels::Parameter& parameter : kernel.parameters) {
    text += (text.empty() ? "" : ", ") + parameter.name + " (" + range_of(parameter) + ")";
  }
  return text.empty() ? "none" : text;
}

class Binder {
 public:
  Binder(const Table& table, std::span<const kernels::Kernel> kernels, std::string_view device)
      : table_(table), kernels_(kernels), device_(device) {}

  // Targets of the policy's own block to their kernels; null for those of other blocks.
  Expected<std::vector<const kernels::Kernel*>> targets() const {
    std::vector<const kernels::Kernel*> bound;
    for (const TargetInfo& target : table_.targets()) {
      if (target.block + 1 != table_.blocks().size()) {
        bound.push_back(nullptr);
        continue;
      }
      const kernels::Kernel* kernel = find(target.name);
      if (kernel == nullptr) return fail(missing(target));
      for (const ParameterInfo& parameter : target.parameters) {
        if (auto ok = check(*kernel, parameter); !ok) return fail(ok.error().message);
      }
      bound.push_back(kernel);
    }
    return bound;
  }

  Expected<Launch> launch(const OutcomeInfo& outcome, const kernels::Kernel& kernel) const {
    const TargetInfo& target = table_.targets()[outcome.target];
    Launch launch{&kernel, {}};
    for (std::size_t i = 0; i < target.parameters.size(); ++i) {
      launch.parameters.push_back({target.parameters[i].name, outcome.parameters[i]});
    }
    const auto values = kernels::resolve_parameters(kernel, launch.parameters);
    if (!values) return fail(here() + values.error().message);
    return launch;
  }

 private:
  std::string here() const { return "policy `" + table_.policy() + "`: "; }

  const kernels::Kernel* find(std::string_view name) const {
    for (const kernels::Kernel& kernel : kernels_) {
      if (kernel.name == name && kernel.device == device_) return &kernel;
    }
    return nullptr;
  }

  std::string missing(const TargetInfo& target) const {
    const std::string names = names_on(kernels_, device_);
    return here() + "target `" + target.name + "` is not a kernel on " + std::string(device_) +
           (names.empty() ? ", which has none here" : "; its kernels are " + names) +
           "; rename the target, or use a build that has it";
  }

  Expected<void> check(const kernels::Kernel& kernel, const ParameterInfo& parameter) const {
    for (const kernels::Parameter& known : kernel.parameters) {
      if (known.name != parameter.name) continue;
      if (parameter.is_integer) return {};
      return fail(here() + "parameter `" + parameter.name + "` of target `" + kernel.name +
                  "` is not an integer, but the kernel's is, " + range_of(known));
    }
    return fail(here() + "target `" + kernel.name + "` has the parameter `" + parameter.name +
                "`, but the kernel on " + kernel.device + " does not; it has " +
                parameters_of(kernel));
  }

  const Table& table_;
  std::span<const kernels::Kernel> kernels_;
  std::string_view device_;
};

}  // namespace

Expected<BoundTable> BoundTable::bind(const Table& table, std::span<const kernels::Kernel> kernels,
                                      std::string_view device) {
  const Binder binder(table, kernels, device);
  const auto targets = binder.targets();
  if (!targets) return fail(targets.error().message);
  BoundTable bound(table, device);
  for (const OutcomeInfo& outcome : table.outcomes()) {
    const kernels::Kernel* kernel = outcome.refused ? nullptr : (*targets)[outcome.target];
    if (kernel == nullptr) {
      bound.launches_.emplace_back();
      continue;
    }
    auto launch = binder.launch(outcome, *kernel);
    if (!launch) return fail(launch.error().message);
    bound.launches_.push_back(std::move(*launch));
  }
  return bound;
}

const Launch* BoundTable::launch(const Decision& decision) const noexcept {
  if (decision.kind != Decision::Kind::kTarget) return nullptr;
  const Launch& launch = launches_[decision.index];
  return launch.kernel == nullptr ? nullptr : &launch;
}

}  // namespace switchyard
