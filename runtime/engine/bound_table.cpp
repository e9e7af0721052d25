#include "runtime/engine/bound_table.h"

namespace switchyard {
namespace {

using kernels::Kernel;
using kernels::Parameter;

std::string range_of(const Parameter& parameter) {
  return std::to_string(parameter.low) + " .. " + std::to_string(parameter.high);
}

std::string parameters_of(const Kernel& kernel) {
  std::string text;
  for (const Parameter& parameter : kernel.parameters) {
    text += (text.empty() ? "" : ", ") + parameter.name + " (" + range_of(parameter) + ")";
  }
  return text.empty() ? "none" : text;
}

const Parameter* find_parameter(const Kernel& kernel, std::string_view name) {
  for (const Parameter& parameter : kernel.parameters) {
    if (parameter.name == name) return &parameter;
  }
  return nullptr;
}

class Binder {
 public:
  Binder(const Table& table, std::span<const Kernel> kernels, std::string_view device,
         std::span<const Kernel> elsewhere)
      : table_(table), kernels_(kernels), device_(device), elsewhere_(elsewhere) {}

  // The launch of every outcome.
  Expected<std::vector<Launch>> launches() const {
    for (const TargetInfo& target : table_.targets()) {
      if (!is_own(target)) continue;
      if (auto ok = check(target); !ok) return tl::unexpected(ok.error());
    }
    std::vector<Launch> result;
    const Launch* missing = nullptr;  // the first one
    bool any = false;
    result.reserve(table_.outcomes().size());
    for (const OutcomeInfo& outcome : table_.outcomes()) {
      if (outcome.refused || !is_own(table_.targets()[outcome.target])) {
        result.emplace_back();
        continue;
      }
      auto launch = launch_of(outcome);
      if (!launch) return tl::unexpected(launch.error());
      result.push_back(std::move(*launch));
      any = any || result.back().kernel != nullptr;
      if (missing == nullptr && result.back().kernel == nullptr) missing = &result.back();
    }
    if (!any && missing != nullptr) return fail(here() + missing->missing);
    return result;
  }

 private:
  std::string here() const { return "policy `" + table_.policy() + "`: "; }

  bool is_own(const TargetInfo& target) const {
    return target.block + 1 == table_.blocks().size();
  }

  // Whether any device has a kernel with this target's name and parameters.
  Expected<void> check(const TargetInfo& target) const {
    std::vector<const Kernel*> known;  // this device's first
    if (const Kernel* own = find(target.name)) known.push_back(own);
    for (const Kernel& kernel : elsewhere_) {
      if (kernel.name == target.name) known.push_back(&kernel);
    }
    if (known.empty()) {
      return fail(here() + not_here(target) + "; rename the target, or use a build that has it");
    }
    for (const ParameterInfo& parameter : target.parameters) {
      if (auto ok = check(known, parameter); !ok) return ok;
    }
    return {};
  }

  Expected<void> check(const std::vector<const Kernel*>& kernels,
                       const ParameterInfo& parameter) const {
    const Kernel& best = *kernels.front();
    const Parameter* known = nullptr;
    std::string others;
    for (const Kernel* kernel : kernels) {
      if (known == nullptr) known = find_parameter(*kernel, parameter.name);
      if (kernel->device == best.device) continue;
      others += ", on " + kernel->device + " " + parameters_of(*kernel);
    }
    if (known == nullptr) {
      return fail(here() + "target `" + best.name + "` has the parameter `" + parameter.name +
                  "`, but the kernel on " + best.device + " does not; it has " +
                  parameters_of(best) + others);
    }
    if (parameter.is_integer) return {};
    return fail(here() + "parameter `" + parameter.name + "` of target `" + best.name +
                "` is not an integer, but the kernel's is, " + range_of(*known));
  }

  // Of what this device lacks and another has, the launch says why; what none has is an error.
  Expected<Launch> launch_of(const OutcomeInfo& outcome) const {
    const TargetInfo& target = table_.targets()[outcome.target];
    const Kernel* own = find(target.name);
    Expected<Launch> launch = fail(not_here(target));
    if (own != nullptr) launch = launch_of(outcome, *own);
    if (launch) return launch;
    for (const Kernel& kernel : elsewhere_) {
      if (kernel.name != target.name || !launch_of(outcome, kernel)) continue;
      return Launch{nullptr, {}, launch.error().message};
    }
    return fail(here() + launch.error().message);
  }

  Expected<Launch> launch_of(const OutcomeInfo& outcome, const Kernel& kernel) const {
    const TargetInfo& target = table_.targets()[outcome.target];
    Launch launch{&kernel, {}, {}};
    for (std::size_t i = 0; i < target.parameters.size(); ++i) {
      const ParameterInfo& parameter = target.parameters[i];
      const bool unset = outcome.parameters[i] == parameter.default_value;
      if (unset && find_parameter(kernel, parameter.name) == nullptr) continue;
      launch.parameters.push_back({parameter.name, outcome.parameters[i]});
    }
    const auto values = kernels::resolve_parameters(kernel, launch.parameters);
    if (!values) return fail(values.error().message);
    return launch;
  }

  // This device's kernel; null if it has none of that name.
  const Kernel* find(std::string_view name) const {
    for (const Kernel& kernel : kernels_) {
      if (kernel.name == name && kernel.device == device_) return &kernel;
    }
    return nullptr;
  }

  // "target `native` is not a kernel on cuda; its kernels are packed, emulated"
  std::string not_here(const TargetInfo& target) const {
    std::string names;
    for (const Kernel& kernel : kernels_) {
      if (kernel.device == device_) names += (names.empty() ? "" : ", ") + kernel.name;
    }
    return "target `" + target.name + "` is not a kernel on " + std::string(device_) +
           (names.empty() ? ", which has none here" : "; its kernels are " + names);
  }

  const Table& table_;
  std::span<const Kernel> kernels_;
  std::string_view device_;
  std::span<const Kernel> elsewhere_;
};

}  // namespace

Expected<BoundTable> BoundTable::bind(const Table& table, std::span<const kernels::Kernel> kernels,
                                      std::string_view device,
                                      std::span<const kernels::Kernel> elsewhere) {
  auto launches = Binder(table, kernels, device, elsewhere).launches();
  if (!launches) return fail(launches.error().message);
  BoundTable bound(table, device);
  bound.launches_ = std::move(*launches);
  return bound;
}

const Launch* BoundTable::launch(const Decision& decision) const noexcept {
  if (decision.kind != Decision::Kind::kTarget) return nullptr;
  const Launch& launch = launches_[decision.index];
  return launch.kernel == nullptr ? nullptr : &launch;
}

std::string_view BoundTable::missing(const Decision& decision) const noexcept {
  if (decision.kind != Decision::Kind::kTarget) return {};
  return launches_[decision.index].missing;
}

}  // namespace switchyard
