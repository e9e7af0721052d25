#include "kernels/registry.h"

#include <optional>
#include <type_traits>

namespace switchyard::kernels {
namespace {

using Value = decltype(FactValue::value);

std::string to_text(const Value& value) {
  if (const auto* text = std::get_if<std::string_view>(&value)) return std::string(*text);
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
  return std::to_string(std::get<std::int64_t>(value));
}

bool holds(const Clause::OneOf& test, const Value& value) {
  const auto* symbol = std::get_if<std::string_view>(&value);
  if (symbol == nullptr) return false;
  for (const std::string& allowed : test.symbols) {
    if (allowed == *symbol) return true;
  }
  return false;
}

bool holds(const Clause::MultipleOf& test, const Value& value) {
  const auto* number = std::get_if<std::int64_t>(&value);
  return number != nullptr && *number % test.divisor == 0;
}

bool holds(const Clause::Within& test, const Value& value) {
  const auto* number = std::get_if<std::int64_t>(&value);
  return number != nullptr && *number >= test.low && *number <= test.high;
}

bool holds(const Clause::Holds&, const Value& value) {
  const auto* flag = std::get_if<bool>(&value);
  return flag != nullptr && *flag;
}

std::string range_of(const Parameter& parameter) {
  return std::to_string(parameter.low) + " .. " + std::to_string(parameter.high);
}

}  // namespace

std::string to_text(const Clause& clause) {
  return std::visit(
      [&](const auto& test) -> std::string {
        using Test = std::decay_t<decltype(test)>;
        if constexpr (std::is_same_v<Test, Clause::OneOf>) {
          if (test.symbols.size() == 1) return clause.fact + " == " + test.symbols.front();
          std::string list;
          for (const std::string& symbol : test.symbols) {
            list += (list.empty() ? "" : ", ") + symbol;
          }
          return clause.fact + " in <" + list + ">";
        } else if constexpr (std::is_same_v<Test, Clause::MultipleOf>) {
          return clause.fact + " % " + std::to_string(test.divisor) + " == 0";
        } else if constexpr (std::is_same_v<Test, Clause::Holds>) {
          return clause.fact;
        } else {
          return clause.fact + " in " + std::to_string(test.low) + " .. " +
                 std::to_string(test.high);
        }
      },
      clause.test);
}

Expected<void> satisfied(const Capability& capability, std::span<const FactValue> facts) {
  for (const Clause& clause : capability) {
    for (const FactValue& fact : facts) {
      if (fact.name != clause.fact) continue;
      if (!std::visit([&](const auto& test) { return holds(test, fact.value); }, clause.test)) {
        return fail("it requires `" + to_text(clause) + "`, but " + clause.fact + " is " +
                    to_text(fact.value));
      }
    }
  }
  return {};
}

Expected<std::vector<std::int64_t>> resolve_parameters(const Kernel& kernel,
                                                       std::span<const ParameterValue> given) {
  std::vector<std::int64_t> values;
  for (const Parameter& parameter : kernel.parameters) values.push_back(parameter.default_value);
  for (const ParameterValue& value : given) {
    std::optional<std::size_t> found;
    std::string known;
    for (std::size_t i = 0; i < kernel.parameters.size(); ++i) {
      const Parameter& parameter = kernel.parameters[i];
      known += (known.empty() ? "" : ", ") + parameter.name + " (" + range_of(parameter) + ")";
      if (parameter.name == value.name) found = i;
    }
    if (!found) {
      return fail("kernel `" + kernel.name + "` has no parameter `" + value.name + "`; it has " +
                  (known.empty() ? "none" : known));
    }
    const Parameter& parameter = kernel.parameters[*found];
    if (value.value < parameter.low || value.value > parameter.high) {
      return fail("kernel `" + kernel.name + "`: parameter `" + parameter.name + "` is " +
                  std::to_string(value.value) + ", but must be " + range_of(parameter));
    }
    values[*found] = value.value;
  }
  return values;
}

std::vector<FactValue> facts_of(const LayerConfig& config) {
  return {{"scheme", info(config.scheme).name}, {"activation", name_of(config.activation)},
          {"hidden", config.shape.hidden},      {"intermediate", config.shape.intermediate},
          {"experts", config.shape.experts},    {"top_k", config.shape.top_k}};
}

Expected<std::unique_ptr<PreparedLayer>> prepare(const Kernel& kernel, const LayerConfig& config,
                                                 const LayerWeights& weights,
                                                 std::span<const ParameterValue> parameters,
                                                 const Preparation& preparation) {
  const auto values = resolve_parameters(kernel, parameters);
  if (!values) return tl::unexpected(values.error());
  const auto refuse = [&](const Error& why) {
    return fail("kernel `" + kernel.name + "` on " + kernel.device + ": " + why.message);
  };
  if (auto ok = validate(config); !ok) return refuse(ok.error());
  if (auto ok = satisfied(kernel.capability, facts_of(config)); !ok) return refuse(ok.error());
  if (auto ok = validate(config, weights); !ok) return refuse(ok.error());
  return kernel.make(config, weights, *values, preparation);
}

}  // namespace switchyard::kernels
