#include "runtime/log/slow_path.h"

#include <fmt/format.h>

#include "runtime/table/fact_code.h"

namespace switchyard {
namespace {

std::string lacks(const PassedRule& rule) {
  std::string out;
  for (const FailedPart& part : rule.failed) {
    out += fmt::format("{}`{}`", out.empty() ? " needs " : " and ", part.text);
  }
  return fmt::format("{}{}", rule.rule, out.empty() ? " comes after what decided" : out);
}

}  // namespace

std::string spell_facts(const Table& table, const void* facts) {
  std::string out;
  for (const FactInfo& fact : table.facts()) {
    out += fmt::format("{}{} = {}", out.empty() ? "" : ", ", fact.name,
                       spell(fact, code_in(facts, fact)));
  }
  return out;
}

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

}  // namespace switchyard
