#include <fmt/format.h>

#include <utility>

#include "compiler/restore/clause_places.h"
#include "compiler/restore/restoring.h"

namespace switchyard::restoring {

namespace {

// Clauses of one model, those of `requires` lines once for each use.
constexpr std::size_t kMaxClauses = 1u << 22;

class Rules {
 public:
  explicit Rules(Restoring& r) : r_(r), places_(r.sources) {}

  std::string run() {
    add_pieces();
    if (const auto done = r_.told.lay_out(r_.sources); !done) return done.error().message;
    assumptions();
    accepted_slower();
    for (RuleId id = 0; id < r_.policy.rules()->size() && wrong_.empty(); ++id) rule(id);
    if (wrong_.empty() && r_.model.rows.size() != r_.policy.rows()->size()) {
      wrong_ = "it has rows without a rule";
    }
    return std::move(wrong_);
  }

 private:
  template <typename T>
  static std::uint32_t size_of(const flatbuffers::Vector<T>* vector) {
    return vector == nullptr ? 0 : vector->size();
  }
  const format::Clause& clause_at(std::uint32_t id) const { return *r_.policy.clauses()->Get(id); }

  // The texts that have a place of their own; the others stand inside these.
  void add_pieces() {
    for (const format::Rule* rule : *r_.policy.rules()) {
      rule_pieces_.push_back(r_.told.add(rule->location(), rule->text()));
    }
    for (std::uint32_t i = 0; i < size_of(r_.policy.requirements()); ++i) {
      const format::Requirement& from = *r_.policy.requirements()->Get(i);
      requirement_pieces_.push_back(r_.told.add(from.location(), clause_at(from.clause()).text()));
    }
    for (std::uint32_t i = 0; i < size_of(r_.policy.assumptions()); ++i) {
      const format::Assumption& from = *r_.policy.assumptions()->Get(i);
      assumption_pieces_.push_back(r_.told.add(from.location(), from.text()));
    }
    for (std::uint32_t i = 0; i < size_of(r_.policy.accepted_slower()); ++i) {
      const format::Acceptance& from = *r_.policy.accepted_slower()->Get(i);
      accepted_pieces_.push_back(r_.told.add(from.location(), from.text()));
    }
  }

  void refuse(std::string what) {
    if (wrong_.empty()) wrong_ = std::move(what);
  }

  // Decisions of blocks before `block` may be read.
  Clause clause(std::uint32_t id, Span owner, std::uint32_t from, BlockId block) {
    const format::Clause& stored = clause_at(id);
    Clause made;
    made.kind = static_cast<Clause::Kind>(stored.kind());
    made.formula = r_.formulas[stored.formula()];
    made.span = places_.find(owner, from, r_.told.text(stored.text()));
    if (++clauses_ > kMaxClauses) {
      refuse(fmt::format("its conditions have more than {} parts", kMaxClauses));
    }
    if (r_.reads[stored.formula()] > block) refuse("a condition reads a decision that comes later");
    if (!wrong_.empty()) return made;
    std::uint32_t next = made.span.begin;
    for (std::uint32_t p = 0; p < stored.parts() && wrong_.empty(); ++p) {
      made.parts.push_back(clause(stored.first_part() + p, made.span, next, block));
      if (made.parts.back().span != made.span) next = made.parts.back().span.end;
    }
    if (wrong_.empty() && made.formula != whole(made)) {
      refuse("a condition is not what its parts make");
    }
    return made;
  }

  FormulaId whole(const Clause& clause) {
    std::vector<FormulaId> parts;
    for (const Clause& part : clause.parts) parts.push_back(part.formula);
    Formulas& formulas = r_.model.formulas;
    switch (clause.kind) {
      case Clause::Kind::kLeaf:
        return clause.formula;
      case Clause::Kind::kAnd:
        return formulas.all(std::move(parts));
      case Clause::Kind::kOr:
        return formulas.any(std::move(parts));
      case Clause::Kind::kNot:
        return formulas.negate(parts[0]);
      case Clause::Kind::kImplies:
        return formulas.implies(parts[0], parts[1]);
    }
    return kFalse;
  }

  void assumptions() {
    std::vector<FormulaId> all;
    for (std::uint32_t i = 0; i < assumption_pieces_.size() && wrong_.empty(); ++i) {
      const Span span = r_.told.span(assumption_pieces_[i]);
      const std::uint32_t root = r_.policy.assumptions()->Get(i)->clause();
      r_.model.assumptions.push_back({clause(root, span, span.begin, 0), span});
      all.push_back(r_.model.assumptions.back().condition.formula);
    }
    r_.model.admitted = r_.model.formulas.all(std::move(all));
  }

  void accepted_slower() {
    for (std::uint32_t i = 0; i < accepted_pieces_.size(); ++i) {
      const format::Acceptance& from = *r_.policy.accepted_slower()->Get(i);
      r_.model.allowances.push_back({true, r_.formulas[from.formula()],
                                     std::string(r_.told.text(from.because())),
                                     r_.told.span(accepted_pieces_[i])});
    }
  }

  void rule(RuleId id) {
    const format::Rule& stored = *r_.policy.rules()->Get(id);
    Rule made;
    made.kind = static_cast<Rule::Kind>(stored.kind());
    made.block = stored.block();
    made.otherwise = stored.otherwise();
    made.because = std::string(r_.told.text(stored.because()));
    made.span = r_.told.span(rule_pieces_[id]);
    std::uint32_t next = after_head(made);
    if (stored.entries() > size_of(r_.policy.entries()) - entries_) {
      return refuse("rules share what each has for itself");
    }
    entries_ += stored.entries();
    for (std::uint32_t e = 0; e < stored.entries() && wrong_.empty(); ++e) {
      made.entries.push_back(
          entry(*r_.policy.entries()->Get(stored.first_entry() + e), made, next));
      if (made.entries.back().span != made.span) next = made.entries.back().span.end;
    }
    // The condition of an `otherwise` is the whole item.
    made.when =
        clause(stored.when(), made.span, made.otherwise ? made.span.begin : next, made.block);
    if (wrong_.empty()) rows(made, id);
    r_.model.rules.push_back(std::move(made));
  }

  // Behind "first of", "only" and "refuse", which may be names of targets too.
  std::uint32_t after_head(const Rule& rule) {
    static constexpr std::string_view kHeads[] = {"", "first of", "only", "refuse"};
    const std::string_view head = kHeads[static_cast<int>(rule.kind)];
    const bool has = r_.sources.text(rule.span).substr(0, head.size()) == head;
    return rule.span.begin + (has ? static_cast<std::uint32_t>(head.size()) : 0);
  }

  Entry entry(const format::Entry& stored, const Rule& rule, std::uint32_t from) {
    Entry made;
    made.outcome = stored.outcome();
    made.row = stored.row();
    const Outcome& outcome = r_.model.outcomes[made.outcome];
    if (outcome.refused || r_.model.targets[outcome.target].block != rule.block) {
      refuse("a rule chooses a target of another block, or none");
      return made;
    }
    made.span = places_.find_use(rule.span, from, r_.model.targets[outcome.target].name);
    if (stored.requirements() > size_of(r_.policy.requirements()) - requirements_) {
      refuse("entries share what each has for itself");
      return made;
    }
    requirements_ += stored.requirements();
    std::vector<FormulaId> able;
    for (std::uint32_t i = 0; i < stored.requirements() && wrong_.empty(); ++i) {
      const std::uint32_t index = stored.first_requirement() + i;
      const format::Requirement& at = *r_.policy.requirements()->Get(index);
      const Span span = r_.told.span(requirement_pieces_[index]);
      made.requirements.push_back({clause(at.clause(), span, span.begin, 0),
                                   std::string(r_.told.text(at.because())), span});
      able.push_back(made.requirements.back().condition.formula);
    }
    made.able = r_.model.formulas.all(std::move(able));
    return made;
  }

  // The rows that the rule has by its kind must be the next ones of the table, in its block.
  void rows(const Rule& rule, RuleId id) {
    const bool refuses = rule.kind == Rule::Kind::kRefuse || rule.kind == Rule::Kind::kOnly;
    const bool choosy = rule.kind == Rule::Kind::kFirstOf || rule.kind == Rule::Kind::kOnly;
    const bool fits = choosy ? !rule.entries.empty()
                             : rule.entries.size() == (rule.kind == Rule::Kind::kTarget ? 1 : 0);
    if (!fits) return refuse("a rule has too many targets, or none");
    for (std::uint32_t e = 0; e < rule.entries.size(); ++e) {
      const Entry& entry = rule.entries[e];
      const FormulaId when = rule.when.formula;
      const FormulaId formula = choosy ? r_.model.formulas.all(when, entry.able) : when;
      if (entry.row != r_.model.rows.size()) return refuse("a row is another rule's");
      row(rule, {formula, entry.outcome, id, e});
    }
    if (refuses) row(rule, {rule.when.formula, kNoOutcome, id, Row::kNoEntry});
  }

  void row(const Rule& rule, Row made) {
    const auto id = static_cast<RowId>(r_.model.rows.size());
    if (id >= r_.policy.rows()->size()) return refuse("a rule has no rows");
    const format::Row& stored = *r_.policy.rows()->Get(id);
    const Block& block = r_.model.blocks[rule.block];
    const bool is_refusal = made.outcome == kNoOutcome;
    if (is_refusal && r_.model.outcomes[stored.outcome()].refused) made.outcome = stored.outcome();
    if (id - block.first_row >= block.row_count || stored.rule() != made.rule ||
        stored.entry() != made.entry || stored.outcome() != made.outcome ||
        r_.formulas[stored.formula()] != made.formula) {
      return refuse("a row is not what its rule says");
    }
    r_.model.rows.push_back(made);
  }

  static constexpr OutcomeId kNoOutcome = ~OutcomeId{0};

  Restoring& r_;
  ClausePlaces places_;
  std::vector<ToldSources::PieceId> rule_pieces_, requirement_pieces_, assumption_pieces_,
      accepted_pieces_;
  std::uint32_t entries_ = 0, requirements_ = 0;
  std::size_t clauses_ = 0;
  std::string wrong_;
};

}  // namespace

std::string restore_rules(Restoring& r) { return Rules(r).run(); }

}  // namespace switchyard::restoring
