#include "runtime/decide/why.h"

#include <fmt/format.h>

#include "runtime/decide/decide.h"
#include "runtime/decide/fact_value.h"
#include "runtime/decide/failed_parts.h"
#include "runtime/decide/inputs.h"
#include "runtime/decide/truth.h"

namespace switchyard {
namespace {

constexpr std::uint32_t kNoEntry = ~0u;

class Explanation {
 public:
  Explanation(const Table& table, const Decision& decision) : table_(table) {
    out_.decision = decision;
    name_rule();
    switch (decision.kind) {
      case Decision::Kind::kTarget: name_target(); break;
      case Decision::Kind::kRefused:
        out_.message = out_.because.empty() ? "refused by " + out_.rule_text : out_.because;
        break;
      case Decision::Kind::kExcluded: {
        const AssumptionInfo& assumption = table.assumptions()[decision.index];
        out_.rule = assumption.location;
        out_.rule_text = assumption.text;
        out_.message = fmt::format("these facts contradict `assume {}` ({})", assumption.text,
                                   assumption.location);
        break;
      }
      case Decision::Kind::kUndecided: out_.message = "no rule decides these facts"; break;
      case Decision::Kind::kBadFact: break;
    }
  }

  void name_bad_fact(const void* facts) {
    if (out_.decision.kind != Decision::Kind::kBadFact) return;
    const Inputs inputs{table_.view(), static_cast<const unsigned char*>(facts), nullptr};
    const std::uint32_t fact = out_.decision.index;
    out_.message = outside_domain(table_.facts()[fact], inputs.code(fact));
  }

  // Entries that were passed over: of the deciding rule those before the one taken (all, for an
  // `only` that refuses), and of every earlier `first of` of the block whose condition held.
  void name_skipped(const Truth& truth) {
    if (out_.decision.rule == Decision::kNone) return;
    const auto& rules = *policy().rules();
    const std::uint32_t block = rules.Get(out_.decision.rule)->block();
    for (std::uint32_t r = 0; r <= out_.decision.rule; ++r) {
      const format::Rule& rule = *rules.Get(r);
      const bool deciding = r == out_.decision.rule;
      if (rule.block() != block || rule.kind() == 3) continue;
      if (!deciding && !truth(policy().clauses()->Get(rule.when())->formula())) continue;
      std::uint32_t entries = rule.entries();
      if (deciding) {
        const std::uint32_t entry = policy().rows()->Get(out_.decision.leaf)->entry();
        if (entry != kNoEntry) entries = entry;
      }
      for (std::uint32_t e = 0; e < entries; ++e) {
        add_skipped(*policy().entries()->Get(rule.first_entry() + e), rule, truth);
      }
    }
    if (out_.decision.kind == Decision::Kind::kRefused) quote_failures();
  }

  Why take() { return std::move(out_); }

 private:
  const format::PolicyTable& policy() const { return *table_.view().sections.policy; }
  std::string text(const format::Text& text) const {
    return {table_.view().sections.text.data() + text.begin(), text.size()};
  }

  void name_rule() {
    if (out_.decision.rule == Decision::kNone) return;
    const RuleInfo& rule = table_.rules()[out_.decision.rule];
    out_.rule = rule.location;
    out_.rule_text = rule.text;
    out_.because = rule.because;
    out_.block = table_.blocks()[rule.block].name;
  }

  void name_target() {
    const OutcomeInfo& outcome = table_.outcomes()[out_.decision.index];
    const TargetInfo& target = table_.targets()[outcome.target];
    out_.target = target.name;
    out_.attributes = target.attributes;
    for (std::size_t p = 0; p < target.parameters.size(); ++p) {
      const ParameterInfo& parameter = target.parameters[p];
      out_.parameters.emplace_back(parameter.name, spell(parameter, outcome.parameters[p]));
      out_.parameter_is_integer.push_back(parameter.is_integer);
    }
  }

  void add_skipped(const format::Entry& entry, const format::Rule& rule, const Truth& truth) {
    SkippedEntry skipped{spell_outcome(table_, entry.outcome()), text(rule.location()), {}};
    for (std::uint32_t i = 0; i < entry.requirements(); ++i) {
      add_failed_requirement(table_.view(), entry.first_requirement() + i, truth, skipped.failed);
    }
    if (!skipped.failed.empty()) out_.skipped.push_back(std::move(skipped));
  }

  // `only A, B` that refuses: the reason is what its entries lack.
  void quote_failures() {
    const RuleInfo& rule = table_.rules()[out_.decision.rule];
    if (rule.kind != RuleInfo::Kind::kOnly) return;
    std::string lacks;
    for (const SkippedEntry& skipped : out_.skipped) {
      if (skipped.rule != rule.location) continue;
      for (const FailedPart& part : skipped.failed) {
        lacks += fmt::format("{}{} needs {}{}", lacks.empty() ? "" : "; ", skipped.target, part.text,
                             part.because.empty() ? "" : " (" + part.because + ")");
      }
    }
    if (!lacks.empty()) out_.message += (out_.message.empty() ? "" : ": ") + lacks;
  }

  const Table& table_;
  Why out_;
};

}  // namespace

Why describe(const Table& table, const Decision& decision, const void* facts) {
  Explanation explanation(table, decision);
  explanation.name_bad_fact(facts);
  return explanation.take();
}

Why why(const Table& table, const void* facts) {
  const Decision decision = decide(table, facts);
  Explanation explanation(table, decision);
  explanation.name_bad_fact(facts);
  if (decision.rule == Decision::kNone) return explanation.take();
  explanation.name_skipped(Truth(table.view(), facts));
  return explanation.take();
}

}  // namespace switchyard
