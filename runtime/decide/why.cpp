#include "runtime/decide/why.h"

#include <fmt/format.h>

#include "runtime/decide/decide.h"
#include "runtime/decide/evaluate_block.h"
#include "runtime/decide/fact_value.h"
#include "runtime/decide/program.h"

namespace switchyard {
namespace {

constexpr std::uint32_t kNoEntry = ~0u;

// The truth of every formula of the table for one combination of facts.
class Truth {
 public:
  Truth(const TableView& table, const Inputs& inputs) {
    const format::PolicyTable& policy = *table.sections.policy;
    const auto& formulas = *policy.formulas();
    values_.resize(formulas.size());
    for (std::uint32_t i = 0; i < formulas.size(); ++i) {
      values_[i] = value_of(table, inputs, *formulas.Get(i), policy.operands());
    }
  }

  bool operator()(std::uint32_t formula) const { return values_[formula]; }

 private:
  // compiler/sema/formula.h: bottom, top, atom, not, and, or. Operands come before their user.
  bool value_of(const TableView& table, const Inputs& inputs, const format::Formula& formula,
                const flatbuffers::Vector<std::uint32_t>* operands) const {
    const std::uint32_t kind = formula.kind();
    if (kind < 2) return kind == 1;
    if (kind == 2) {
      const format::Atom& atom = table.atoms[formula.first()];
      return holds(table, atom, inputs.code(atom.fact()));
    }
    if (kind == 3) return !values_[operands->Get(formula.first())];
    const bool ends_at = kind == 5;
    for (std::uint32_t o = 0; o < formula.count(); ++o) {
      if (values_[operands->Get(formula.first() + o)] == ends_at) return ends_at;
    }
    return !ends_at;
  }

  std::vector<bool> values_;
};

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
      const format::Requirement& requirement =
          *policy().requirements()->Get(entry.first_requirement() + i);
      add_failed(*policy().clauses()->Get(requirement.clause()), requirement, truth, skipped.failed);
    }
    if (!skipped.failed.empty()) out_.skipped.push_back(std::move(skipped));
  }

  // The smallest parts that failed: of a conjunction its parts, else the whole.
  void add_failed(const format::Clause& clause, const format::Requirement& requirement,
                  const Truth& truth, std::vector<FailedPart>& failed) const {
    if (truth(clause.formula())) return;
    constexpr std::uint8_t kAnd = 1;
    if (clause.kind() != kAnd) {
      failed.push_back({text(clause.text()), text(requirement.because()),
                        text(requirement.location())});
      return;
    }
    for (std::uint32_t p = 0; p < clause.parts(); ++p) {
      add_failed(*policy().clauses()->Get(clause.first_part() + p), requirement, truth, failed);
    }
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
  // Conditions may read decisions; a deciding row's block has all earlier ones behind it.
  const TableView& view = table.view();
  const auto* bytes = static_cast<const unsigned char*>(facts);
  std::vector<std::uint32_t> codes(view.block_of_decision.size() + 1, 0);
  evaluate_in_order(view, static_cast<std::uint32_t>(view.blocks.size() - 1), bytes,
                    best_vector_unit(), codes.data());
  explanation.name_skipped(Truth(view, Inputs{view, bytes, codes.data()}));
  return explanation.take();
}

}  // namespace switchyard
