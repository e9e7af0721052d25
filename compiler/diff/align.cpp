#include "compiler/diff/align.h"

#include <algorithm>
#include <map>

#include "compiler/diff/fact_union.h"
#include "compiler/sema/resolve.h"

namespace switchyard::diff {

namespace {

// One policy on its way to the common ground.
struct Side {
  explicit Side(const Model& given)
      : model(given), fact_of(given.facts.size()), map(given.facts.size()) {}

  const Model& model;
  std::vector<FactId> fact_of;         // own fact -> the pair's
  std::vector<CodeMap> map;            // by own fact
  std::vector<FormulaId> formula_of;   // own formula -> the pair's
};

Interval range_of(const Fact& fact) { return {fact.low, fact.high}; }

std::map<std::string, FactId> by_name(const Model& model, FactId first, FactId last) {
  std::map<std::string, FactId> result;
  for (FactId fact = first; fact < last; ++fact) result.emplace(model.facts[fact].name, fact);
  return result;
}

class Alignment {
 public:
  Alignment(const Model& old_model, const Model& new_model) : old_(old_model), new_(new_model) {}

  tl::expected<Pair, std::vector<Conflict>> run() {
    unite_declared();
    if (!conflicts_.empty()) return tl::unexpected(std::move(conflicts_));
    const auto declared = static_cast<std::uint32_t>(facts_.size());
    unite_decisions();
    Formulas formulas;
    add_formulas(old_, formulas);
    add_formulas(new_, formulas);
    pair_.old_model = moved(old_, declared, formulas, pair_.old_outside);
    pair_.new_model = moved(new_, declared, formulas, pair_.new_outside);
    // Both sides added formulas of their own domains; now both have all of them.
    pair_.old_model.formulas = formulas;
    pair_.new_model.formulas = std::move(formulas);
    return std::move(pair_);
  }

 private:
  void unite_declared() {
    const auto in_new = by_name(new_.model, 0, new_.model.declared_facts);
    std::vector<bool> united(new_.model.declared_facts);
    for (FactId own = 0; own < old_.model.declared_facts; ++own) {
      const Fact& fact = old_.model.facts[own];
      const auto found = in_new.find(fact.name);
      if (found == in_new.end()) {
        note(FactChange::Kind::kRemoved, fact, std::nullopt);
        add_alone(old_, own);
        continue;
      }
      united[found->second] = true;
      add_both(own, found->second);
    }
    for (FactId own = 0; own < new_.model.declared_facts; ++own) {
      if (united[own]) continue;
      note(FactChange::Kind::kAdded, std::nullopt, new_.model.facts[own]);
      add_alone(new_, own);
    }
  }

  // Of the fact that is added next.
  FactChange& note(FactChange::Kind kind, std::optional<Fact> before, std::optional<Fact> after) {
    const auto fact = static_cast<FactId>(facts_.size());
    return pair_.changes.emplace_back(
        FactChange{kind, fact, std::move(before), std::move(after), {}, {}});
  }

  void add_alone(Side& side, FactId own) {
    const Fact& fact = side.model.facts[own];
    side.fact_of[own] = static_cast<FactId>(facts_.size());
    side.map[own] = CodeMap::same(range_of(fact), range_of(fact));
    facts_.push_back(fact);
  }

  void add_both(FactId in_old, FactId in_new) {
    const Fact& before = old_.model.facts[in_old];
    const Fact& after = new_.model.facts[in_new];
    tl::expected<FactUnion, std::string> both = unite(before, after);
    if (!both) {
      conflicts_.push_back({in_old, in_new, std::move(both.error())});
      return;
    }
    if (before.kind != after.kind) note(FactChange::Kind::kType, before, after);
    if (both->listed_old != both->listed_new) {
      FactChange& change = note(FactChange::Kind::kDomain, before, after);
      change.only_old = sema::subtract(both->listed_old, both->listed_new);
      change.only_new = sema::subtract(both->listed_new, both->listed_old);
    }
    const auto default_of = [](const Fact& fact) {
      return fact.default_code ? std::optional(spell(fact, *fact.default_code)) : std::nullopt;
    };
    if (default_of(before) != default_of(after)) note(FactChange::Kind::kDefault, before, after);
    old_.fact_of[in_old] = new_.fact_of[in_new] = static_cast<FactId>(facts_.size());
    old_.map[in_old] = std::move(both->from_old);
    new_.map[in_new] = std::move(both->from_new);
    facts_.push_back(std::move(both->fact));
  }

  void unite_decisions() {
    const auto old_count = static_cast<FactId>(old_.model.facts.size());
    const auto new_count = static_cast<FactId>(new_.model.facts.size());
    const auto in_new = by_name(new_.model, new_.model.declared_facts, new_count);
    std::vector<bool> shared(new_count);
    for (FactId own = old_.model.declared_facts; own < old_count; ++own) {
      const Fact& fact = old_.model.facts[own];
      const auto found = in_new.find(fact.name);
      if (found != in_new.end() && new_.model.facts[found->second].symbols == fact.symbols) {
        shared[found->second] = true;
        new_.fact_of[found->second] = static_cast<FactId>(facts_.size());
        new_.map[found->second] = CodeMap::same(range_of(fact), range_of(fact));
      }
      add_alone(old_, own);
    }
    for (FactId own = new_.model.declared_facts; own < new_count; ++own) {
      if (!shared[own]) add_alone(new_, own);
    }
  }

  void add_formulas(Side& side, Formulas& formulas) const {
    const Formulas& own = side.model.formulas;
    for (FormulaId id = 0; id < own.size(); ++id) {
      std::vector<FormulaId> operands;
      FormulaId image = kFalse;
      switch (own.kind(id)) {
        case Formulas::Kind::kBottom:
          break;
        case Formulas::Kind::kTop:
          image = kTrue;
          break;
        case Formulas::Kind::kAtom: {
          const Atom& atom = own.atom(own.atom_of(id));
          const FactId fact = side.fact_of[atom.fact];
          image = formulas.atom(side.map[atom.fact].image(atom, fact), facts_[fact].low,
                                facts_[fact].high);
          break;
        }
        case Formulas::Kind::kNot:
          image = formulas.negate(side.formula_of[own.operands(id)[0]]);
          break;
        case Formulas::Kind::kAnd:
        case Formulas::Kind::kOr:
          for (const FormulaId operand : own.operands(id)) {
            operands.push_back(side.formula_of[operand]);
          }
          image = own.kind(id) == Formulas::Kind::kAnd ? formulas.all(std::move(operands))
                                                       : formulas.any(std::move(operands));
          break;
      }
      side.formula_of.push_back(image);
    }
  }

  // The side's model over the pair's facts; `formulas` gets those that say what is in its domain.
  Model moved(const Side& side, std::uint32_t declared, Formulas& formulas,
              std::vector<FactId>& outside) const {
    Model model = side.model;
    model.facts = facts_;
    model.declared_facts = declared;
    const auto image = [&](FormulaId& id) { id = side.formula_of[id]; };
    const auto move_clause = [&](Clause& clause, const auto& self) -> void {
      image(clause.formula);
      for (Clause& part : clause.parts) self(part, self);
    };
    for (Rule& rule : model.rules) {
      move_clause(rule.when, move_clause);
      for (Entry& entry : rule.entries) {
        image(entry.able);
        for (Requirement& line : entry.requirements) move_clause(line.condition, move_clause);
      }
    }
    for (Let& let : model.lets) move_clause(let.condition, move_clause);
    for (Row& row : model.rows) image(row.formula);
    for (Promise& promise : model.promises) {
      image(promise.condition);
      for (FormulaId& holds : promise.holds) image(holds);
    }
    for (Influence& influence : model.influences) {
      influence.fact = side.fact_of[influence.fact];
      image(influence.when);
    }
    for (Allowance& allowance : model.allowances) image(allowance.when);
    for (BlockId block = 0; block < model.blocks.size(); ++block) {
      std::optional<std::uint32_t>& fact = model.blocks[block].fact;
      if (!fact) continue;
      fact = side.fact_of[*fact];
      model.facts[*fact].block = block;
    }
    image(model.admitted);
    for (Assumption& assumption : model.assumptions) {
      move_clause(assumption.condition, move_clause);
    }
    add_domains(side, formulas, model, outside);
    return model;
  }

  void add_domains(const Side& side, Formulas& formulas, Model& model,
                   std::vector<FactId>& outside) const {
    std::vector<Assumption> domains;
    for (FactId own = 0; own < side.model.declared_facts; ++own) {
      const FactId fact = side.fact_of[own];
      const FormulaId inside =
          formulas.atom({Atom::Kind::kIn, fact, 0, side.map[own].domain()}, facts_[fact].low,
                        facts_[fact].high);
      if (inside == kTrue) continue;
      outside.push_back(fact);
      Assumption& domain = domains.emplace_back();
      domain.condition.formula = inside;
      domain.condition.span = domain.span = side.model.facts[own].span;
      model.admitted = formulas.all(model.admitted, inside);
    }
    model.assumptions.insert(model.assumptions.begin(), domains.begin(), domains.end());
  }

  Side old_, new_;
  std::vector<Fact> facts_;
  std::vector<Conflict> conflicts_;
  Pair pair_;
};

}  // namespace

tl::expected<Pair, std::vector<Conflict>> align(const Model& old_model, const Model& new_model) {
  return Alignment(old_model, new_model).run();
}

}  // namespace switchyard::diff
