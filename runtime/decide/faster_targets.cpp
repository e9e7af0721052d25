#include "runtime/decide/faster_targets.h"

#include <algorithm>
#include <optional>

#include "runtime/decide/failed_parts.h"
#include "runtime/decide/truth.h"
#include "runtime/table/view.h"

namespace switchyard {
namespace {

// One combination of facts on which `decision` picked a target.
class Here {
 public:
  Here(const Table& table, const void* facts, const Decision& decision)
      : table_(table),
        policy_(*table.view().sections.policy),
        decision_(decision),
        truth_(table.view(), facts) {}

  // Whether the policy says that a slower target is meant here.
  bool accepted() const {
    const auto* lines = policy_.accepted_slower();
    if (lines == nullptr) return false;
    return std::any_of(lines->begin(), lines->end(),
                       [&](const format::Acceptance* line) { return truth_(line->formula()); });
  }

  std::optional<FasterTarget> faster(std::uint32_t target) const {
    FasterTarget found{target, table_.targets()[target].name, {}};
    const std::uint32_t block = policy_.rules()->Get(decision_.rule)->block();
    for (std::uint32_t r = 0; r < policy_.rules()->size(); ++r) {
      const format::Rule& rule = *policy_.rules()->Get(r);
      if (rule.block() != block || !can_run_by(rule, target)) continue;
      found.passed.push_back({r, std::string(table_.rules()[r].location), {}});
      add_failed_condition(table_.view(), r, truth_, found.passed.back().failed);
    }
    if (found.passed.empty()) return std::nullopt;
    return found;
  }

 private:
  bool can_run_by(const format::Rule& rule, std::uint32_t target) const {
    for (std::uint32_t e = 0; e < rule.entries(); ++e) {
      const format::Entry& entry = *policy_.entries()->Get(rule.first_entry() + e);
      const OutcomeInfo& outcome = table_.outcomes()[entry.outcome()];
      if (!outcome.refused && outcome.target == target && able(entry)) return true;
    }
    return false;
  }

  bool able(const format::Entry& entry) const {
    for (std::uint32_t i = 0; i < entry.requirements(); ++i) {
      const auto& line = *policy_.requirements()->Get(entry.first_requirement() + i);
      if (!truth_(policy_.clauses()->Get(line.clause())->formula())) return false;
    }
    return true;
  }

  const Table& table_;
  const format::PolicyTable& policy_;
  const Decision& decision_;
  Truth truth_;
};

}  // namespace

std::vector<std::vector<std::uint32_t>> faster_than(const Table& table) {
  const std::size_t count = table.targets().size();
  std::vector<std::vector<std::uint32_t>> next(count);  // directly faster
  for (const std::vector<std::uint32_t>& chain : table.faster()) {
    for (std::size_t i = 1; i < chain.size(); ++i) next[chain[i]].push_back(chain[i - 1]);
  }
  std::vector<std::vector<std::uint32_t>> result(count);
  for (std::uint32_t target = 0; target < count; ++target) {
    std::vector<bool> seen(count);
    std::vector<std::uint32_t> open = {target};
    seen[target] = true;
    while (!open.empty()) {
      const std::uint32_t own = open.back();
      open.pop_back();
      for (const std::uint32_t other : next[own]) {
        if (seen[other]) continue;
        seen[other] = true;
        open.push_back(other);
        result[target].push_back(other);
      }
    }
    std::sort(result[target].begin(), result[target].end());
  }
  return result;
}

std::vector<FasterTarget> faster_that_could_run(
    const Table& table, const std::vector<std::vector<std::uint32_t>>& faster, const void* facts,
    const Decision& decision) {
  std::vector<FasterTarget> found;
  if (decision.kind != Decision::Kind::kTarget) return found;
  const auto& candidates = faster[table.outcomes()[decision.index].target];
  if (candidates.empty()) return found;
  const Here here(table, facts, decision);
  if (here.accepted()) return found;
  for (const std::uint32_t target : candidates) {
    if (auto one = here.faster(target)) found.push_back(std::move(*one));
  }
  return found;
}

}  // namespace switchyard
