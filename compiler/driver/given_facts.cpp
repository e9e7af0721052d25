#include "compiler/driver/given_facts.h"

#include <string_view>

#include <fmt/format.h>

#include "compiler/diagnostic/did_you_mean.h"
#include "runtime/decide/fact_value.h"

namespace switchyard::driver {
namespace {

// What reads a value out of a text knows facts as tables tell them.
FactInfo info_of(const Fact& fact) {
  FactInfo info;
  info.name = fact.name;
  info.kind = static_cast<FactInfo::Kind>(fact.kind);
  info.low = fact.low;
  info.high = fact.high;
  info.symbols = fact.symbols;
  return info;
}

// "; did you mean `x`?", else what there is.
std::string hint(std::string_view name, std::string_view what, const std::vector<std::string>& names) {
  const std::string meant = did_you_mean_text(name, names);
  if (!meant.empty()) return "; " + meant;
  constexpr std::size_t kShown = 12;
  std::string text = fmt::format("; it has the {} ", what);
  for (std::size_t i = 0; i < names.size() && i < kShown; ++i) {
    text += fmt::format("{}`{}`", i == 0 ? "" : ", ", names[i]);
  }
  if (names.size() > kShown) text += fmt::format(" and {} more", names.size() - kShown);
  return names.empty() ? fmt::format("; it has no {}", what) : text;
}

Expected<FactId> find_fact(const Model& model, std::string_view name) {
  std::vector<std::string> names;
  for (FactId fact = 0; fact < model.declared_facts; ++fact) {
    if (model.facts[fact].name == name) return fact;
    names.push_back(model.facts[fact].name);
  }
  return fail(fmt::format("the policy `{}` has no fact `{}`{}", model.name, name,
                          hint(name, "facts", names)));
}

Expected<void> read_one(const Model& model, const std::string& argument, Known& known) {
  const std::size_t equals = argument.find('=');
  if (equals == std::string::npos || equals == 0) {
    return fail(fmt::format("`{}` is not of the form fact=value", argument));
  }
  const std::string_view name = std::string_view(argument).substr(0, equals);
  const Expected<FactId> fact = find_fact(model, name);
  if (!fact) return fail(fact.error().message);
  if (known[*fact]) return fail(fmt::format("fact `{}` is given twice", name));
  const Expected<std::int64_t> code =
      code_of_text(info_of(model.facts[*fact]), std::string_view(argument).substr(equals + 1));
  if (!code) return fail(code.error().message);
  known[*fact] = *code;
  return {};
}

}  // namespace

std::vector<Error> read_facts(const Model& model, const std::vector<std::string>& arguments,
                              const std::vector<std::string>& free, GivenFacts& out) {
  std::vector<Error> errors;
  out.known.assign(model.declared_facts, std::nullopt);
  for (const std::string& argument : arguments) {
    if (const auto read = read_one(model, argument, out.known); !read) errors.push_back(read.error());
  }
  std::vector<bool> is_free(model.declared_facts);
  for (const std::string& name : free) {
    const Expected<FactId> fact = find_fact(model, name);
    if (!fact) {
      errors.push_back(fact.error());
    } else if (out.known[*fact]) {
      errors.push_back({fmt::format("fact `{}` is given a value, and by --free none", name)});
    } else {
      is_free[*fact] = true;
    }
  }
  for (FactId fact = 0; fact < model.declared_facts; ++fact) {
    if (out.known[fact]) continue;
    if (model.facts[fact].default_code && !is_free[fact]) {
      out.known[fact] = model.facts[fact].default_code;
      out.defaults.push_back(fact);
    } else {
      out.open.push_back(fact);
    }
  }
  return errors;
}

Expected<TargetId> find_target(const Model& model, const std::string& name) {
  std::vector<std::string> names;
  for (TargetId target = 0; target < model.targets.size(); ++target) {
    if (model.targets[target].name == name) return target;
    names.push_back(model.targets[target].name);
  }
  return fail(fmt::format("the policy `{}` has no target `{}`{}", model.name, name,
                          hint(name, "targets", names)));
}

}  // namespace switchyard::driver
