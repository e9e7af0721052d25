#include <algorithm>
#include <limits>

#include "compiler/emit/prove_parts.h"
#include "compiler/source/one_line.h"
#include "runtime/table/view.h"

namespace switchyard::emit_detail {

namespace {

class PolicyComparison {
 public:
  PolicyComparison(const Table& table, const Model& model, const SourceMap& sources)
      : table_(table), policy_(*table.view().sections.policy), model_(model), sources_(sources) {}

  std::string run() const {
    if (table_.policy() != model_.name) return "the policy's name";
    if (!same(table_.facts(), declared(), &PolicyComparison::fact)) return "a fact";
    if (!decisions()) return "the fact of a decision";
    if (!same(table_.targets(), model_.targets, &PolicyComparison::target)) return "a target";
    if (!same(table_.outcomes(), model_.outcomes, &PolicyComparison::outcome)) return "an outcome";
    if (!blocks()) return "a decision";
    if (table_.faster() != model_.faster) return "the order of `faster`";
    if (!rows()) return "a row";
    if (!formulas()) return "a formula";
    if (!rules()) return "a rule";
    if (!assumptions()) return "an assumption";
    if (!accepted_slower()) return "an `allow slower`";
    return {};
  }

 private:
  template <typename A, typename B>
  bool same(const std::vector<A>& a, const std::vector<B>& b,
            bool (PolicyComparison::*equal)(const A&, const B&) const) const {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [&](const A& x, const B& y) { return (this->*equal)(x, y); });
  }

  std::vector<Fact> declared() const {
    return {model_.facts.begin(), model_.facts.begin() + model_.declared_facts};
  }

  bool fact(const FactInfo& a, const Fact& b) const {
    return a.name == b.name && static_cast<int>(a.kind) == static_cast<int>(b.kind) &&
           a.low == b.low && a.high == b.high && a.symbols == b.symbols &&
           a.default_code == b.default_code &&
           static_cast<int>(a.source) == static_cast<int>(b.source) &&
           a.source_key == b.source_key && a.replaces == b.replaces && a.doc == b.doc &&
           a.width == width_of(b);
  }
  static std::uint32_t width_of(const Fact& fact) {
    const bool narrow = fact.low >= std::numeric_limits<std::int32_t>::min() &&
                        fact.high <= std::numeric_limits<std::int32_t>::max();
    return narrow ? 4 : 8;
  }

  // What later blocks read of earlier ones.
  bool decisions() const {
    if (policy_.declared_facts() != model_.declared_facts ||
        policy_.facts()->size() != model_.facts.size()) {
      return false;
    }
    for (FactId f = model_.declared_facts; f < model_.facts.size(); ++f) {
      const Fact& fact = model_.facts[f];
      const format::Fact& stored = *policy_.facts()->Get(f);
      if (stored.name()->string_view() != fact.name || stored.block() != fact.block ||
          stored.kind() != static_cast<std::uint8_t>(fact.kind) || stored.low() != fact.low ||
          stored.high() != fact.high || stored.width() != width_of(fact) || stored.has_default() ||
          stored.source() != static_cast<std::uint8_t>(fact.source) ||
          stored.source_key() != nullptr || stored.replaces() != nullptr ||
          stored.doc() != nullptr || !symbols(stored, fact)) {
        return false;
      }
    }
    return true;
  }
  static bool symbols(const format::Fact& stored, const Fact& fact) {
    const std::size_t count = stored.symbols() == nullptr ? 0 : stored.symbols()->size();
    if (count != fact.symbols.size()) return false;
    for (std::uint32_t s = 0; s < count; ++s) {
      if (stored.symbols()->Get(s)->string_view() != fact.symbols[s]) return false;
    }
    return true;
  }

  bool parameter(const ParameterInfo& a, const Parameter& b) const {
    return a.name == b.name && a.is_integer == b.is_integer && a.low == b.low && a.high == b.high &&
           a.symbols == b.symbols && a.default_value == b.default_value;
  }
  bool attribute(const AttributeInfo& a, const Attribute& b) const {
    return a.name == b.name && a.value == b.value && a.is_integer == b.is_integer;
  }
  bool target(const TargetInfo& a, const Target& b) const {
    return a.name == b.name && a.block == b.block && a.doc == b.doc &&
           same(a.parameters, b.parameters, &PolicyComparison::parameter) &&
           same(a.attributes, b.attributes, &PolicyComparison::attribute);
  }
  bool outcome(const OutcomeInfo& a, const Outcome& b) const {
    if (a.refused || b.refused) return a.refused == b.refused;
    return a.target == b.target && a.parameters == b.parameters;
  }

  bool blocks() const {
    for (BlockId b = 0; b < model_.blocks.size() && b < policy_.blocks()->size(); ++b) {
      const format::Block& stored = *policy_.blocks()->Get(b);
      const auto& fact = model_.blocks[b].fact;
      if (stored.has_fact() != fact.has_value() || (fact && stored.fact() != *fact)) return false;
    }
    const auto equal = [](const BlockInfo& a, const Block& b) {
      return a.name == b.name && a.targets == b.targets && a.first_row == b.first_row &&
             a.row_count == b.row_count;
    };
    return std::equal(table_.blocks().begin(), table_.blocks().end(), model_.blocks.begin(),
                      model_.blocks.end(), equal);
  }

  bool rows() const {
    const auto& decisions = table_.view().decisions;
    if (decisions.size() != model_.rows.size() + model_.assumptions.size() + 1) return false;
    for (RowId r = 0; r < model_.rows.size(); ++r) {
      const Row& row = model_.rows[r];
      const format::Row& stored = *policy_.rows()->Get(r);
      const auto kind =
          model_.outcomes[row.outcome].refused ? Decision::Kind::kRefused : Decision::Kind::kTarget;
      if (decisions[r] != Decision{kind, r, row.outcome, row.rule}) return false;
      if (stored.formula() != row.formula || stored.entry() != row.entry ||
          stored.outcome() != row.outcome || stored.rule() != row.rule) {
        return false;
      }
    }
    return true;
  }

  bool formulas() const {
    const Formulas& from = model_.formulas;
    if (policy_.formulas()->size() != from.size() || policy_.atoms()->size() != from.atom_count()) {
      return false;
    }
    for (AtomId a = 0; a < from.atom_count(); ++a) {
      const Atom& atom = from.atom(a);
      const format::Atom& stored = *policy_.atoms()->Get(a);
      if (stored.kind() != static_cast<std::uint8_t>(atom.kind) || stored.fact() != atom.fact ||
          stored.operand() != atom.operand || stored.intervals() != atom.intervals.size()) {
        return false;
      }
      for (std::uint32_t i = 0; i < stored.intervals(); ++i) {
        const format::Interval& interval = *policy_.intervals()->Get(stored.first_interval() + i);
        if (Interval{interval.low(), interval.high()} != atom.intervals[i]) return false;
      }
    }
    for (FormulaId f = kTrue + 1; f < from.size(); ++f) {
      const format::Formula& stored = *policy_.formulas()->Get(f);
      if (stored.kind() != static_cast<std::uint8_t>(from.kind(f))) return false;
      if (from.kind(f) == Formulas::Kind::kAtom) {
        if (stored.first() != from.atom_of(f)) return false;
        continue;
      }
      const auto operands = from.operands(f);
      if (stored.count() != operands.size()) return false;
      for (std::uint32_t o = 0; o < stored.count(); ++o) {
        if (policy_.operands()->Get(stored.first() + o) != operands[o]) return false;
      }
    }
    return true;
  }

  std::string text(const format::Text& text) const {
    return {table_.view().sections.text.data() + text.begin(), text.size()};
  }

  bool clause(std::uint32_t index, const Clause& from) const {
    const format::Clause& stored = *policy_.clauses()->Get(index);
    if (stored.kind() != static_cast<std::uint8_t>(from.kind) || stored.formula() != from.formula ||
        stored.parts() != from.parts.size() ||
        text(stored.text()) != one_line(sources_.text(from.span))) {
      return false;
    }
    for (std::uint32_t p = 0; p < stored.parts(); ++p) {
      if (!clause(stored.first_part() + p, from.parts[p])) return false;
    }
    return true;
  }

  bool rules() const {
    if (policy_.rules()->size() != model_.rules.size()) return false;
    for (RuleId r = 0; r < model_.rules.size(); ++r) {
      const Rule& rule = model_.rules[r];
      const format::Rule& stored = *policy_.rules()->Get(r);
      if (stored.kind() != static_cast<std::uint8_t>(rule.kind) || stored.block() != rule.block ||
          stored.otherwise() != rule.otherwise || text(stored.because()) != rule.because ||
          text(stored.text()) != one_line(sources_.text(rule.span)) ||
          text(stored.location()) != sources_.location(rule.span) ||
          !clause(stored.when(), rule.when) || stored.entries() != rule.entries.size()) {
        return false;
      }
      for (std::uint32_t e = 0; e < stored.entries(); ++e) {
        if (!entry(*policy_.entries()->Get(stored.first_entry() + e), rule.entries[e]))
          return false;
      }
    }
    return true;
  }

  bool entry(const format::Entry& stored, const Entry& entry) const {
    if (stored.outcome() != entry.outcome || stored.row() != entry.row ||
        stored.requirements() != entry.requirements.size()) {
      return false;
    }
    for (std::uint32_t i = 0; i < stored.requirements(); ++i) {
      const Requirement& requirement = entry.requirements[i];
      const format::Requirement& at = *policy_.requirements()->Get(stored.first_requirement() + i);
      if (text(at.because()) != requirement.because ||
          text(at.location()) != sources_.location(requirement.span) ||
          !clause(at.clause(), requirement.condition)) {
        return false;
      }
    }
    return true;
  }

  bool assumptions() const {
    if (table_.assumptions().size() != model_.assumptions.size()) return false;
    for (std::uint32_t a = 0; a < model_.assumptions.size(); ++a) {
      const Assumption& assumption = model_.assumptions[a];
      const format::Assumption& stored = *policy_.assumptions()->Get(a);
      if (text(stored.text()) != one_line(sources_.text(assumption.condition.span)) ||
          text(stored.location()) != sources_.location(assumption.span) ||
          !clause(stored.clause(), assumption.condition)) {
        return false;
      }
    }
    return true;
  }

  bool accepted_slower() const {
    const auto* stored = policy_.accepted_slower();
    std::uint32_t at = 0;
    for (const Allowance& own : model_.allowances) {
      if (!own.slower) continue;
      if (stored == nullptr || at == stored->size()) return false;
      const format::Acceptance& accepted = *stored->Get(at++);
      if (accepted.formula() != own.when || text(accepted.because()) != own.because ||
          text(accepted.text()) != one_line(sources_.text(own.span)) ||
          text(accepted.location()) != sources_.location(own.span)) {
        return false;
      }
    }
    return stored == nullptr || at == stored->size();
  }

  const Table& table_;
  const format::PolicyTable& policy_;
  const Model& model_;
  const SourceMap& sources_;
};

}  // namespace

std::string compare_policy(const Table& table, const Model& model, const SourceMap& sources) {
  return PolicyComparison(table, model, sources).run();
}

}  // namespace switchyard::emit_detail
