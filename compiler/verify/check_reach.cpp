#include <algorithm>

#include <fmt/format.h>

#include "compiler/diagnostic/registry.h"
#include "compiler/verify/check.h"

// Is every rule, and every entry of a `first of` or an `only`, reached by some combination?
namespace switchyard {

namespace {

class Reach {
 public:
  explicit Reach(Check& check) : check_(check), model_(check.model) {}

  void run() {
    for (const Row& row : model_.rows) {
      if (rows_.empty() || rows_.back().rule != row.rule) rows_.push_back({row.rule});
      rows_.back().rows.push_back(static_cast<RowId>(&row - model_.rows.data()));
    }
    for (RuleRows& rule : rows_) {
      std::vector<FormulaId> parts;
      for (const RowId row : rule.rows) parts.push_back(model_.rows[row].formula);
      rule.matches = check_.formulas.any(std::move(parts));
      rule.passed = check_.formulas.negate(rule.matches);
    }
    for (const RuleRows& rule : rows_) {
      if (enough(check_, diag::UnreachedRule.info)) return;
      if (enough(check_, diag::UnreachedEntry.info)) return;
      look_at(rule);
    }
  }

 private:
  struct RuleRows {
    RuleId rule;
    std::vector<RowId> rows = {};
    FormulaId matches = kFalse;  // where it would decide if it came first
    FormulaId passed = kTrue;    // the negation
  };
  // Why nothing reaches it, in words, and the places that are to blame.
  struct Reason {
    std::string why;
    std::vector<Note> notes;
  };
  struct Earlier {
    FormulaId passed;
    Span span;
  };

  void look_at(const RuleRows& own) {
    const Rule& rule = model_.rules[own.rule];
    std::vector<bool> reached;
    for (const RowId row : own.rows) reached.push_back(check_.judge.reached(row));
    if (std::find(reached.begin(), reached.end(), true) == reached.end()) {
      const Reason reason = reason_of(rule, own.matches, nullptr, earlier_rules(own));
      finish(check_.sink.report(diag::UnreachedRule, rule.span, reason.why), reason);
      return;
    }
    if (rule.kind != Rule::Kind::kFirstOf && rule.kind != Rule::Kind::kOnly) return;
    for (std::size_t i = 0; i < own.rows.size(); ++i) {
      const Row& row = model_.rows[own.rows[i]];
      if (reached[i] || row.entry == Row::kNoEntry) continue;
      const Entry& entry = rule.entries[row.entry];
      std::vector<Earlier> earlier = earlier_rules(own);
      for (std::size_t k = 0; k < i; ++k) {
        const RowId before = own.rows[k];
        earlier.push_back({check_.formulas.negate(model_.rows[before].formula),
                           span_of_row(model_, before)});
      }
      const Reason reason = reason_of(rule, row.formula, &entry, earlier);
      finish(check_.sink.report(diag::UnreachedEntry, entry.span,
                                spell_outcome(model_, entry.outcome), reason.why),
             reason);
    }
  }

  void finish(Diagnostic& found, const Reason& reason) {
    found.notes.insert(found.notes.end(), reason.notes.begin(), reason.notes.end());
  }

  std::vector<Earlier> earlier_rules(const RuleRows& own) {
    std::vector<Earlier> result;
    const BlockId block = model_.rules[own.rule].block;
    for (const RuleRows& other : rows_) {
      if (other.rule == own.rule) break;
      if (model_.rules[other.rule].block != block) continue;
      result.push_back({other.passed, model_.rules[other.rule].span});
    }
    return result;
  }

  // `matches` is where the rule, or its entry, would decide; nothing reaches it.
  Reason reason_of(const Rule& rule, FormulaId matches, const Entry* entry,
                   const std::vector<Earlier>& earlier) {
    Judge& judge = check_.judge;
    const FormulaId when = rule.when.formula;
    if (!reads_decisions(model_, check_.formulas, when)) {
      if (!judge.possible(when, Where::anywhere())) {
        return {"its condition can never hold", {{rule.when.span, "this is always false"}}};
      }
      if (!judge.possible(when, Where::admitted())) return excluded(when);
    } else if (!judge.possible(when, Where::admitted())) {
      Reason reason{"its condition never holds, given what the decisions choose",
                    {{rule.when.span, "this is never true"}}};
      for (BlockId block = 0; block < rule.block; ++block) {
        reason.notes.push_back({model_.blocks[block].span, "decided here"});
      }
      return reason;
    }
    if (!judge.possible(when, Where::reaching(rule.block))) return refused(rule);
    if (!judge.possible(matches, Where::reaching(rule.block))) {
      return entry != nullptr ? unable(rule, *entry) : unable(rule);
    }
    return shadowed(rule, matches, entry, earlier);
  }

  Reason excluded(FormulaId when) {
    std::vector<FormulaId> conditions;
    for (const Assumption& assumption : model_.assumptions) {
      conditions.push_back(assumption.condition.formula);
    }
    Reason reason{"the assumptions exclude all that it matches", {}};
    for (const std::size_t i : check_.judge.minimal_conflict(when, conditions, Where::anywhere())) {
      reason.notes.push_back({model_.assumptions[i].span, "excluded here"});
    }
    return reason;
  }

  Reason refused(const Rule& rule) {
    Reason reason{"an earlier decision refuses all that it matches", {}};
    for (const RuleRows& other : rows_) {
      if (model_.rules[other.rule].block >= rule.block) break;
      for (const RowId row : other.rows) {
        if (!model_.outcomes[model_.rows[row].outcome].refused) continue;
        const Region region{static_cast<BlockId>(rule.block - 1), {{row, rule.when.formula}}};
        if (check_.judge.meets(region)) {
          reason.notes.push_back({model_.rules[other.rule].span, "refused here"});
        }
      }
    }
    return reason;
  }

  Reason unable(const Rule& rule, const Entry& entry) {
    std::vector<FormulaId> lines;
    for (const Requirement& line : entry.requirements) lines.push_back(line.condition.formula);
    Reason reason{"its `requires` never holds where the rule applies", {}};
    for (const std::size_t i : check_.judge.minimal_conflict(rule.when.formula, lines,
                                                             Where::reaching(rule.block))) {
      const Requirement& line = entry.requirements[i];
      reason.notes.push_back(
          {line.span, line.because.empty()
                          ? "required here"
                          : fmt::format("required here: \"{}\"", line.because)});
    }
    return reason;
  }

  // A `first of` whose entries can never run.
  Reason unable(const Rule& rule) {
    Reason reason{"no entry's `requires` ever holds where it applies", {}};
    for (const Entry& entry : rule.entries) {
      const Reason own = unable(rule, entry);
      reason.notes.insert(reason.notes.end(), own.notes.begin(), own.notes.end());
    }
    return reason;
  }

  Reason shadowed(const Rule& rule, FormulaId matches, const Entry* entry,
                  const std::vector<Earlier>& earlier) {
    std::vector<FormulaId> passed;
    for (const Earlier& other : earlier) passed.push_back(other.passed);
    const std::vector<std::size_t> guilty =
        check_.judge.minimal_conflict(matches, passed, Where::reaching(rule.block));
    Reason reason;
    reason.why = guilty.size() == 1 ? fmt::format("an earlier {} decides all that it matches",
                                                  entry != nullptr ? "rule or entry" : "rule")
                                    : "earlier rules decide all that it matches";
    for (const std::size_t i : guilty) {
      reason.notes.push_back({earlier[i].span, guilty.size() == 1
                                                   ? "this decides all of it"
                                                   : "this decides a part of it"});
    }
    if (!guilty.empty()) {
      reason.notes.push_back({std::nullopt, "move it up if it is an exception, else remove it"});
    }
    return reason;
  }

  Check& check_;
  const Model& model_;
  std::vector<RuleRows> rows_;  // by rule, in order
};

}  // namespace

void check_reach(Check& check) { Reach(check).run(); }

}  // namespace switchyard
