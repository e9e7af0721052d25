#include <fmt/format.h>

#include "compiler/diff_report/report.h"
#include "compiler/sema/resolve.h"

namespace switchyard::diff {
namespace {

constexpr std::size_t kShownValues = 12;

std::string_view type_of(const Fact& fact) {
  switch (fact.kind) {
    case FactKind::kBool: return "a bool";
    case FactKind::kEnum: return "an enum";
    case FactKind::kName: return "a name";
    case FactKind::kInt: return "an int";
    case FactKind::kVersion: return "a version";
    case FactKind::kFlags: return "flags";
    case FactKind::kSwitch: return "a switch";
    case FactKind::kDecision: return "a decision";
  }
  return "";
}

// "`a`, `b`", "1 .. 4".
std::string values_of(const Fact& fact, const std::vector<Interval>& codes) {
  std::string text;
  std::size_t shown = 0;
  const bool range = fact.kind == FactKind::kInt || fact.kind == FactKind::kVersion;
  const auto add = [&](const std::string& value) {
    if (shown++ < kShownValues) text += (text.empty() ? "`" : ", `") + value + "`";
  };
  for (const auto& [low, high] : codes) {
    if (range) {
      add(low == high ? spell(fact, low)
                      : fmt::format("{} .. {}", spell(fact, low), spell(fact, high)));
      continue;
    }
    // Flags may have thousands: those past the limit are only counted.
    for (std::int64_t code = low; code <= high; ++code) add(spell(fact, code));
  }
  if (shown > kShownValues) text += fmt::format(" and {} more", shown - kShownValues);
  return text;
}

// What a value that one declaration does not list is to that policy.
std::string_view fate(const std::optional<Fact>& declaration) {
  return declaration && declaration->kind == FactKind::kName ? "`other`" : "excluded";
}

std::string default_of(const Fact& fact) {
  return fact.default_code ? fmt::format("`{}`", spell(fact, *fact.default_code)) : "no default";
}

}  // namespace

std::vector<std::string> describe_facts(const Pair& pair) {
  std::vector<std::string> result;
  for (const FactChange& change : pair.changes) {
    const Fact& fact = pair.new_model.facts[change.fact];
    switch (change.kind) {
      case FactChange::Kind::kRemoved:
        result.push_back(fmt::format(
            "`{}` is removed: the new policy is the same for each of its values", fact.name));
        break;
      case FactChange::Kind::kAdded:
        result.push_back(fmt::format(
            "`{}` is added: the old policy is the same for each of its values", fact.name));
        break;
      case FactChange::Kind::kType:
        result.push_back(fmt::format("`{}` was {} and is {}", fact.name, type_of(*change.before),
                                     type_of(*change.after)));
        break;
      case FactChange::Kind::kDomain:
        if (!change.only_new.empty()) {
          result.push_back(fmt::format("`{}` gains {}, {} in the old policy", fact.name,
                                       values_of(fact, change.only_new), fate(change.before)));
        }
        if (!change.only_old.empty()) {
          result.push_back(fmt::format("`{}` loses {}, {} in the new policy", fact.name,
                                       values_of(fact, change.only_old), fate(change.after)));
        }
        break;
      case FactChange::Kind::kDefault:
        result.push_back(fmt::format(
            "`{}` had {} and has {}; what is decided for a given value does not depend on it",
            fact.name, default_of(*change.before), default_of(*change.after)));
        break;
    }
  }
  return result;
}

}  // namespace switchyard::diff
