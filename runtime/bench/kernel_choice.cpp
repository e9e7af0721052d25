#include "runtime/bench/kernel_choice.h"

#include <fmt/format.h>

#include <array>
#include <charconv>

#include "runtime/decide/fact_value.h"

namespace switchyard::bench {
namespace {

using kernels::Kernel;
using kernels::ParameterValue;

// Asks the kernel itself, by the smallest layer that there is.
kernels::Expected<void> try_parameters(const Kernel& kernel,
                                       std::span<const ParameterValue> parameters) {
  kernels::LayerConfig config;
  config.shape = {32, 32, 1, 1};
  for (const kernels::Clause& clause : kernel.capability) {
    if (clause.fact != "scheme") continue;
    if (const auto* schemes = std::get_if<kernels::Clause::OneOf>(&clause.test)) {
      config.scheme = kernels::scheme_from_name(schemes->symbols.front()).value_or(config.scheme);
    }
  }
  alignas(16) static constexpr std::array<std::uint8_t, 32 * 24> kElements = {};
  alignas(16) static constexpr std::array<std::uint8_t, 32> kScales = {};
  alignas(16) static constexpr std::array<float, 32> kRouter = {};
  const kernels::MxMatrix matrix{kElements.data(), kScales.data()};
  kernels::LayerWeights weights;
  weights.experts = {{matrix, matrix, matrix}};
  weights.router = kRouter.data();
  weights.input_scale = weights.hidden_scale = 1;
  const auto layer = kernels::prepare(kernel, config, weights, parameters);
  if (!layer) return tl::unexpected(layer.error());
  return {};
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

// "block_m=16"; nothing if it is not of that form.
bool parse_parameter(std::string_view text, ParameterValue& to) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos) return false;
  to.name = trimmed(text.substr(0, equals));
  const std::string_view number = trimmed(text.substr(equals + 1));
  const char* const end = number.data() + number.size();
  const auto [stop, error] = std::from_chars(number.data(), end, to.value);
  return !to.name.empty() && !number.empty() && error == std::errc() && stop == end;
}

Expected<std::vector<ParameterValue>> parse_parameters(std::string_view whole,
                                                       std::string_view inside) {
  std::vector<ParameterValue> values;
  for (bool more = !trimmed(inside).empty(); more;) {
    const std::size_t comma = inside.find(',');
    more = comma != std::string_view::npos;
    if (!parse_parameter(inside.substr(0, comma), values.emplace_back())) {
      return fail(fmt::format("kernel `{}`: `{}` is not of the form NAME=NUMBER", whole,
                              trimmed(inside.substr(0, comma))));
    }
    if (more) inside.remove_prefix(comma + 1);
  }
  return values;
}

Expected<void> check_names(const Kernel& kernel, std::span<const ParameterValue> given) {
  std::vector<std::string> names;
  for (const kernels::Parameter& parameter : kernel.parameters) names.push_back(parameter.name);
  for (std::size_t i = 0; i < given.size(); ++i) {
    bool known = false;
    for (const std::string& name : names) known = known || name == given[i].name;
    if (!known) {
      return fail(fmt::format("kernel `{}` has no parameter `{}`{}; it has {}", kernel.name,
                              given[i].name, nearest(given[i].name, names),
                              names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", "))));
    }
    for (std::size_t j = 0; j < i; ++j) {
      if (given[j].name == given[i].name) {
        return fail(fmt::format("kernel `{}`: `{}` is given twice", kernel.name, given[i].name));
      }
    }
  }
  return {};
}

// Those in the parameter's range; its default where there is none.
std::vector<std::int64_t> powers_of_two(const kernels::Parameter& parameter) {
  std::vector<std::int64_t> values;
  for (std::int64_t value = 1; value <= parameter.high; value *= 2) {
    if (value >= parameter.low) values.push_back(value);
  }
  if (values.empty()) values.push_back(parameter.default_value);
  return values;
}

}  // namespace

std::string name_of(const KernelChoice& choice) {
  std::string text = choice.kernel->name;
  for (std::size_t i = 0; i < choice.parameters.size(); ++i) {
    text += fmt::format("{}{} = {}", i == 0 ? "(" : ", ", choice.parameters[i].name,
                        choice.parameters[i].value);
  }
  return choice.parameters.empty() ? text : text + ")";
}

Expected<KernelChoice> complete(const Kernel& kernel, std::span<const ParameterValue> given) {
  const auto values = kernels::resolve_parameters(kernel, given);
  if (!values) return fail(values.error().message);
  KernelChoice choice{&kernel, {}};
  for (std::size_t i = 0; i < values->size(); ++i) {
    choice.parameters.push_back({kernel.parameters[i].name, (*values)[i]});
  }
  if (const auto ok = try_parameters(kernel, choice.parameters); !ok) {
    return fail(ok.error().message);
  }
  return choice;
}

Expected<KernelChoice> parse_choice(std::string_view text, std::span<const Kernel> kernels) {
  const std::size_t open = text.find('(');
  const std::string_view name = trimmed(text.substr(0, open));
  std::string_view inside;
  if (open != std::string_view::npos) {
    inside = trimmed(text.substr(open + 1));
    if (!inside.ends_with(')')) {
      return fail(fmt::format("kernel `{}`: its parameters end without `)`", text));
    }
    inside.remove_suffix(1);
  }
  std::vector<std::string> names;
  for (const Kernel& kernel : kernels) {
    names.push_back(kernel.name);
    if (kernel.name != name) continue;
    const auto given = parse_parameters(text, inside);
    if (!given) return tl::unexpected(given.error());
    if (const auto ok = check_names(kernel, *given); !ok) return tl::unexpected(ok.error());
    return complete(kernel, *given);
  }
  return fail(fmt::format("there is no kernel `{}` on {}{}; there are {}", name,
                          kernels.empty() ? "this device" : kernels.front().device,
                          nearest(name, names), fmt::join(names, ", ")));
}

Expected<std::vector<KernelChoice>> all_choices(std::span<const Kernel> kernels,
                                                const kernels::LayerConfig& config) {
  std::vector<KernelChoice> choices;
  for (const Kernel& kernel : kernels) {
    if (!kernels::satisfied(kernel.capability, kernels::facts_of(config))) continue;
    std::vector<std::vector<ParameterValue>> partial(1);
    for (const kernels::Parameter& parameter : kernel.parameters) {
      std::vector<std::vector<ParameterValue>> longer;
      for (const std::vector<ParameterValue>& values : partial) {
        for (const std::int64_t value : powers_of_two(parameter)) {
          longer.push_back(values);
          longer.back().push_back({parameter.name, value});
        }
      }
      partial = std::move(longer);
    }
    const std::size_t before = choices.size();
    Expected<KernelChoice> choice;
    for (const std::vector<ParameterValue>& values : partial) {
      choice = complete(kernel, values);
      if (choice) choices.push_back(*choice);
    }
    if (choices.size() == before) return tl::unexpected(choice.error());
  }
  return choices;
}

}  // namespace switchyard::bench
