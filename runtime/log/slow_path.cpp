#include "runtime/log/slow_path.h"

#include <fmt/format.h>

#include "runtime/table/fact_code.h"

namespace switchyard {
namespace {

std::string spell_facts(const Table& table, const void* facts) {
  std::string out;
  for (const FactInfo& fact : table.facts()) {
    out += fmt::format("{}{} = {}", out.empty() ? "" : ", ", fact.name,
                       spell(fact, code_in(facts, fact)));
  }
  return out;
}

std::string lacks(const PassedRule& rule) {
  std::string out;
  for (const FailedPart& part : rule.failed) {
    out += fmt::format("{}`{}`", out.empty() ? " needs " : " and ", part.text);
  }
  return fmt::format("{}{}", rule.rule, out.empty() ? " comes after what decided" : out);
}

}  // namespace

std::string reason(const SlowPath& slow) {
  std::string runs = slow.why.target;
  for (const auto& [name, value] : slow.why.parameters) {
    runs +=
        fmt::format("{}{} = {}", runs.size() == slow.why.target.size() ? "(" : ", ", name, value);
  }
  if (!slow.why.parameters.empty()) runs += ')';
  std::string out = fmt::format("policy {} runs {} ({}{}{})", slow.policy, runs, slow.why.rule,
                                slow.why.because.empty() ? "" : ": ", slow.why.because);
  for (const FasterTarget& faster : slow.faster) {
    out += fmt::format("{} {} could run", &faster == &slow.faster.front() ? " where" : "; and",
                       faster.name);
    for (const PassedRule& rule : faster.passed) {
      out += fmt::format("{} {}", &rule == &faster.passed.front() ? ", but" : ",", lacks(rule));
    }
  }
  return out;
}

std::string to_text(const SlowPath& slow) {
  return fmt::format("slow path: {}; first seen with {}", reason(slow), slow.facts);
}

std::optional<SlowPath> SlowPaths::look(const Table& table, std::uint64_t generation,
                                        const std::vector<std::vector<std::uint32_t>>& faster,
                                        const void* facts, const Decision& decision) {
  if (told_.size() >= kMaxReasons) return std::nullopt;
  SlowPath slow;
  slow.faster = faster_that_could_run(table, faster, facts, decision);
  if (slow.faster.empty()) return std::nullopt;
  slow.policy = table.policy();
  slow.generation = generation;
  slow.why = describe(table, decision, facts);
  if (!told_.insert(reason(slow)).second) return std::nullopt;
  slow.facts = spell_facts(table, facts);
  return slow;
}

}  // namespace switchyard
