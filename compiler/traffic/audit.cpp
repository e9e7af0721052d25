#include "compiler/traffic/audit.h"

#include <algorithm>

#include <fmt/format.h>

#include "runtime/base/check.h"

namespace switchyard {

std::string spell(const RecordedOutcome& recorded) {
  switch (recorded.kind) {
    case RecordedOutcome::Kind::kNothing: break;
    case RecordedOutcome::Kind::kRefused: return "refused";
    case RecordedOutcome::Kind::kExcluded: return "excluded";
    case RecordedOutcome::Kind::kTarget: {
      std::string text(recorded.target);
      for (std::size_t i = 0; i < recorded.parameters.size(); ++i) {
        const auto& [name, value] = recorded.parameters[i];
        text += fmt::format("{}{} = ", i == 0 ? "(" : ", ", name);
        std::visit([&](const auto& v) { text += fmt::format("{}", v); }, value);
      }
      return recorded.parameters.empty() ? text : text + ")";
    }
  }
  SWITCHYARD_CHECK(false);
}

Audit::Audit(const Table& table, const Partition& partition)
    : table_(table), partition_(partition), codes_(table) {}

std::string Audit::spell(const Table& table, const Decision& decision) {
  switch (decision.kind) {
    case Decision::Kind::kTarget: return spell_outcome(table, decision.index);
    case Decision::Kind::kRefused: return "refused";
    case Decision::Kind::kExcluded: return "excluded";
    case Decision::Kind::kUndecided: return "undecided";
    case Decision::Kind::kBadFact: break;
  }
  SWITCHYARD_CHECK(false);
}

bool agrees(const Table& table, const RecordedOutcome& recorded, const Decision& now) {
  switch (now.kind) {
    case Decision::Kind::kRefused: return recorded.kind == RecordedOutcome::Kind::kRefused;
    case Decision::Kind::kExcluded: return recorded.kind == RecordedOutcome::Kind::kExcluded;
    case Decision::Kind::kUndecided:
    case Decision::Kind::kBadFact: return false;
    case Decision::Kind::kTarget: break;
  }
  if (recorded.kind != RecordedOutcome::Kind::kTarget) return false;
  const OutcomeInfo& outcome = table.outcomes()[now.index];
  const TargetInfo& target = table.targets()[outcome.target];
  if (recorded.target != target.name) return false;
  if (!recorded.has_parameters) return true;
  if (recorded.parameters.size() != target.parameters.size()) return false;
  for (std::size_t i = 0; i < target.parameters.size(); ++i) {
    const ParameterInfo& parameter = target.parameters[i];
    const auto found = std::find_if(recorded.parameters.begin(), recorded.parameters.end(),
                                    [&](const auto& given) { return given.first == parameter.name; });
    if (found == recorded.parameters.end()) return false;
    const std::int64_t value = outcome.parameters[i];
    if (parameter.is_integer) {
      const auto* number = std::get_if<std::int64_t>(&found->second);
      if (number == nullptr || *number != value) return false;
    } else {
      const auto* symbol = std::get_if<std::string_view>(&found->second);
      if (symbol == nullptr || *symbol != parameter.symbols[static_cast<std::size_t>(value)]) return false;
    }
  }
  return true;
}

void Audit::add(const RecordedOutcome& recorded, const void* facts, const Decision& now,
                std::uint64_t line, std::string_view text) {
  SWITCHYARD_CHECK(now.kind != Decision::Kind::kBadFact);
  if (recorded.kind == RecordedOutcome::Kind::kNothing) {
    ++unrecorded_;
    return;
  }
  if (agrees(table_, recorded, now)) {
    ++same_;
    return;
  }
  ++differing_;
  const auto key = std::pair(switchyard::spell(recorded), now.leaf);
  auto found = groups_.find(key);
  if (found == groups_.end()) {
    if (groups_.size() >= kMaxGroups) {
      ++ungrouped_;
      return;
    }
    Group fresh{key.first, now, 0, line, std::string(text.substr(0, kMaxText)),
                Seen(partition_, codes_)};
    found = groups_.emplace(key, std::move(fresh)).first;
  }
  ++found->second.count;
  found->second.seen.add(facts);
}

std::vector<const Audit::Group*> Audit::groups() const {
  std::vector<const Group*> result;
  for (const auto& [key, group] : groups_) result.push_back(&group);
  std::sort(result.begin(), result.end(), [](const Group* a, const Group* b) {
    return a->count != b->count ? a->count > b->count : a->first_line < b->first_line;
  });
  return result;
}

}  // namespace switchyard
