#include "tests/region/random_model.h"

#include <algorithm>
#include <functional>
#include <string>
#include <utility>

#include <fmt/format.h>


namespace switchyard::testing {
namespace {
class Maker {
 public:
  Maker(std::mt19937_64& random, const ModelShape& shape) : random_(random), shape_(shape) {}

  Model make() {
    model_.name = "random";
    for (std::size_t i = 0; i < shape_.facts; ++i) add_fact(i);
    model_.declared_facts = static_cast<std::uint32_t>(model_.facts.size());
    visible_ = model_.facts.size();
    for (std::size_t i = 0; i < shape_.assumptions; ++i) {
      if (chance(50)) continue;
      const FormulaId formula = condition(2);
      model_.assumptions.push_back({clause(formula), span()});
      model_.admitted = model_.formulas.all(model_.admitted, formula);
    }
    model_.outcomes.push_back({true, 0, {}});
    const std::size_t decisions = shape_.decisions == 0 ? 0 : below(shape_.decisions + 1);
    for (std::size_t i = 0; i < decisions; ++i) add_block(fmt::format("d{}", i));
    add_block("");
    if (shape_.promises) add_promises();
    declare_lets();
    return std::move(model_);
  }

 private:
  std::size_t below(std::size_t n) { return random_() % n; }
  bool chance(std::size_t percent) { return below(100) < percent; }
  Span span() { return {0, next_, ++next_}; }

  Clause clause(FormulaId formula) {
    Clause result;
    result.formula = formula;
    result.span = span();
    return result;
  }

  std::int64_t combinations() const {
    std::int64_t total = 1;  // capped, so that it cannot overflow
    for (const Fact& fact : model_.facts) {
      total = std::min(total * (fact.high - fact.low + 1), shape_.max_combinations + 1);
    }
    return total;
  }

  void add_fact(std::size_t i) {
    Fact fact;
    fact.name = fmt::format("f{}", i);
    fact.span = span();
    const auto symbols = [&](std::size_t n) {
      for (std::size_t s = 0; s < n; ++s) fact.symbols.push_back(fmt::format("s{}", s));
    };
    switch (below(7)) {
      case 0:
        break;
      case 1:
        fact.kind = FactKind::kEnum;
        symbols(2 + below(4));
        fact.high = static_cast<std::int64_t>(fact.symbols.size()) - 1;
        break;
      case 2:
        fact.kind = FactKind::kName;
        symbols(1 + below(3));
        fact.high = static_cast<std::int64_t>(fact.symbols.size());
        break;
      case 3:
        fact.kind = FactKind::kInt;
        fact.low = -static_cast<std::int64_t>(below(10));
        fact.high = fact.low + 3 + static_cast<std::int64_t>(below(shape_.wide ? 100'000 : 20));
        break;
      case 4:
        fact.kind = FactKind::kVersion;
        fact.low = std::int64_t{6} << 32;
        fact.high = fact.low + 2 + static_cast<std::int64_t>(below(6));
        break;
      case 5:
        fact.kind = FactKind::kFlags;
        symbols(1 + below(shape_.wide ? 10 : 4));
        fact.high = (std::int64_t{1} << fact.symbols.size()) - 1;
        break;
      default:
        fact.kind = FactKind::kSwitch;
        fact.high = 2;
    }
    const bool too_many = combinations() * (fact.high - fact.low + 1) > shape_.max_combinations;
    if (too_many && !shape_.wide) return;
    model_.facts.push_back(std::move(fact));
  }

  FormulaId atom() {
    Atom atom;
    atom.fact = static_cast<FactId>(below(visible_));
    const Fact& fact = model_.facts[atom.fact];
    const auto size = static_cast<std::size_t>(fact.high - fact.low + 1);
    const auto inside = [&] { return fact.low + static_cast<std::int64_t>(below(size)); };
    if (fact.kind == FactKind::kInt && chance(30)) {
      atom.kind = Atom::Kind::kModulo;
      atom.operand = shape_.wide ? std::int64_t{1} << (1 + below(6))
                                 : 2 + static_cast<std::int64_t>(below(5));
      const auto r = static_cast<std::int64_t>(below(static_cast<std::size_t>(atom.operand)));
      atom.intervals = {{r, r}};
      return model_.formulas.atom(atom, fact.low, fact.high);
    }
    if (fact.kind == FactKind::kFlags && chance(60)) {
      atom.kind = chance(50) ? Atom::Kind::kAny : Atom::Kind::kAll;
      atom.operand = inside();
      return model_.formulas.atom(atom, fact.low, fact.high);
    }
    if (size > 4096) {
      std::int64_t low = inside(), high = inside();
      if (low > high) std::swap(low, high);
      atom.intervals = {{low, high}};
      return model_.formulas.atom(atom, fact.low, fact.high);
    }
    // A union of up to three runs.
    std::vector<bool> in(size);
    const std::size_t runs = 1 + below(3);
    for (std::size_t run = 0; run < runs; ++run) {
      const std::size_t from = below(size);
      const std::size_t to = std::min(size, from + 1 + below(4));
      for (std::size_t c = from; c < to; ++c) in[c] = true;
    }
    for (std::size_t c = 0; c < size; ++c) {
      if (!in[c]) continue;
      const std::int64_t code = fact.low + static_cast<std::int64_t>(c);
      if (c > 0 && in[c - 1]) atom.intervals.back().high = code;
      else atom.intervals.push_back({code, code});
    }
    return model_.formulas.atom(atom, fact.low, fact.high);
  }

  FormulaId condition(std::size_t depth) {
    if (visible_ == 0) return kTrue;
    if (depth == 0 || chance(25)) {
      const FormulaId leaf = atom();
      return chance(20) ? model_.formulas.negate(leaf) : leaf;
    }
    std::vector<FormulaId> parts;
    const std::size_t count = 2 + below(2);
    for (std::size_t i = 0; i < count; ++i) parts.push_back(condition(depth - 1));
    const FormulaId whole =
        chance(65) ? model_.formulas.all(parts) : model_.formulas.any(parts);
    return chance(10) ? model_.formulas.negate(whole) : whole;
  }

  // A condition with all its parts. Some leaves are lets.
  Clause tree(std::size_t depth) {
    if (depth == 0 || visible_ == 0 || chance(25)) {
      if (shape_.promises && visible_ > 0 && chance(12)) return let_leaf();
      const FormulaId leaf = visible_ == 0 ? kTrue : atom();
      return clause(chance(20) ? model_.formulas.negate(leaf) : leaf);
    }
    Clause result;
    const std::size_t kind = below(100);
    result.kind = kind < 55   ? Clause::Kind::kAnd
                  : kind < 85 ? Clause::Kind::kOr
                  : kind < 93 ? Clause::Kind::kNot
                              : Clause::Kind::kImplies;
    const bool joined = result.kind == Clause::Kind::kAnd || result.kind == Clause::Kind::kOr;
    const std::size_t count = joined ? 2 + below(2) : result.kind == Clause::Kind::kNot ? 1 : 2;
    std::vector<FormulaId> parts;
    for (std::size_t i = 0; i < count; ++i) {
      result.parts.push_back(tree(depth - 1));
      parts.push_back(result.parts.back().formula);
    }
    Formulas& formulas = model_.formulas;
    result.formula = result.kind == Clause::Kind::kAnd   ? formulas.all(parts)
                     : result.kind == Clause::Kind::kOr  ? formulas.any(parts)
                     : result.kind == Clause::Kind::kNot ? formulas.negate(parts[0])
                                                         : formulas.implies(parts[0], parts[1]);
    result.span = span();
    return result;
  }

  // A new let, or one more use of one; all facts and decisions that lets read are visible.
  Clause let_leaf() {
    std::uint32_t index = 0;
    if (!model_.lets.empty() && chance(40)) {
      index = static_cast<std::uint32_t>(below(model_.lets.size()));
    } else {
      Let let;
      const std::size_t all = std::exchange(visible_, model_.declared_facts);
      let.condition = tree(1);
      visible_ = all;
      index = static_cast<std::uint32_t>(model_.lets.size());
      let.name = fmt::format("l{}", index);
      let.span = span();
      model_.lets.push_back(std::move(let));
    }
    Clause result = clause(model_.lets[index].condition.formula);
    result.let = index;
    return result;
  }

  // Counts the uses of lets, once everything is made.
  void declare_lets() {
    for (const Let& let : model_.lets) {
      model_.declarations.push_back({Declaration::Kind::kLet, let.name, let.span, let.span, 0});
    }
    const std::function<void(const Clause&)> count = [&](const Clause& clause) {
      if (clause.let) ++model_.declarations[*clause.let].uses;
      for (const Clause& part : clause.parts) count(part);
    };
    for (const Let& let : model_.lets) count(let.condition);
    for (const Rule& rule : model_.rules) count(rule.when);
    for (const Target& target : model_.targets) {
      for (const Requirement& line : target.requirements) count(line.condition);
    }
  }

  void add_requirements(Target& target) {
    const std::size_t lines = chance(50) ? 0 : 1 + below(2);
    for (std::size_t i = 0; i < lines; ++i) {
      // A requirement may not speak of decisions.
      const std::size_t all = std::exchange(visible_, model_.declared_facts);
      Clause condition = tree(1);
      visible_ = all;
      target.able = model_.formulas.all(target.able, condition.formula);
      target.requirements.push_back({std::move(condition), "why", span()});
    }
  }

  Entry entry(OutcomeId outcome) {
    Entry made;
    made.outcome = outcome;
    made.span = span();
    const Target& target = model_.targets[model_.outcomes[outcome].target];
    made.able = target.able;
    made.requirements = target.requirements;
    return made;
  }

  void add_block(const std::string& name) {
    const auto id = static_cast<BlockId>(model_.blocks.size());
    Block block;
    block.name = name;
    block.span = span();
    const std::size_t targets = 2 + below(3);
    const auto first_outcome = static_cast<OutcomeId>(model_.outcomes.size());
    for (std::size_t t = 0; t < targets; ++t) {
      Target target;
      target.name = fmt::format("{}t{}", name, t);
      target.block = id;
      target.span = span();
      block.targets.push_back(static_cast<TargetId>(model_.targets.size()));
      model_.outcomes.push_back({false, block.targets.back(), {}});
      add_requirements(target);
      model_.targets.push_back(std::move(target));
    }
    const auto outcome = [&] { return static_cast<OutcomeId>(first_outcome + below(targets)); };
    block.first_row = static_cast<RowId>(model_.rows.size());
    const std::size_t rules = 1 + below(shape_.rows);
    for (std::size_t i = 0; i < rules; ++i) {
      Rule rule;
      rule.block = id;
      rule.span = span();
      rule.otherwise = i + 1 == rules && chance(70);
      rule.when = rule.otherwise ? clause(kTrue) : tree(2);
      rule.kind = static_cast<Rule::Kind>(below(4));
      add_rows(rule, outcome);
      model_.rules.push_back(std::move(rule));
    }
    block.row_count = static_cast<RowId>(model_.rows.size()) - block.first_row;
    if (!name.empty()) {
      Fact fact;
      fact.name = name;
      fact.kind = FactKind::kDecision;
      fact.high = static_cast<std::int64_t>(targets) - 1;
      for (const TargetId t : block.targets) fact.symbols.push_back(model_.targets[t].name);
      fact.block = id;
      fact.span = block.span;
      block.fact = static_cast<std::uint32_t>(model_.facts.size());
      model_.facts.push_back(std::move(fact));
      visible_ = model_.facts.size();
    }
    model_.blocks.push_back(std::move(block));
  }

  template <typename OutcomeOf>
  void add_rows(Rule& rule, OutcomeOf outcome) {
    const auto id = static_cast<RuleId>(model_.rules.size());
    const auto row = [&](FormulaId formula, OutcomeId what, std::uint32_t entry_index) {
      model_.rows.push_back({formula, what, id, entry_index});
    };
    const FormulaId when = rule.when.formula;
    if (rule.kind == Rule::Kind::kRefuse) {
      rule.because = "refused";
      row(when, 0, Row::kNoEntry);
      return;
    }
    const std::size_t entries = rule.kind == Rule::Kind::kTarget ? 1 : 1 + below(3);
    for (std::uint32_t e = 0; e < entries; ++e) {
      Entry made = entry(outcome());
      made.row = static_cast<RowId>(model_.rows.size());
      const bool guarded = rule.kind != Rule::Kind::kTarget;
      row(guarded ? model_.formulas.all(when, made.able) : when, made.outcome, e);
      rule.entries.push_back(std::move(made));
    }
    if (rule.kind == Rule::Kind::kOnly) row(when, 0, Row::kNoEntry);
  }

  void add_promises() {
    const std::size_t promises = below(4), influences = below(3);
    for (std::size_t i = 0; i < promises; ++i) {
      Promise promise;
      promise.kind = static_cast<Promise::Kind>(below(3));
      promise.name = promise.kind == Promise::Kind::kExample ? "" : fmt::format("p{}", i);
      promise.block = static_cast<BlockId>(below(model_.blocks.size()));
      promise.span = span();
      promise.condition = condition(2);
      for (std::size_t o = 0; o < model_.outcomes.size(); ++o) {
        promise.holds.push_back(chance(70) ? kTrue : chance(60) ? kFalse : condition(1));
      }
      model_.promises.push_back(std::move(promise));
    }
    for (std::size_t i = 0; i < influences && model_.declared_facts > 0; ++i) {
      Influence influence;
      influence.name = fmt::format("i{}", i);
      influence.fact = static_cast<std::uint32_t>(below(model_.declared_facts));
      influence.matters = chance(50);
      influence.when = chance(50) ? kTrue : condition(1);
      influence.span = span();
      model_.influences.push_back(std::move(influence));
    }
    if (chance(40)) model_.allowances.push_back({false, condition(1), "known", span()});
    if (chance(40)) model_.allowances.push_back({true, condition(1), "known", span()});
    for (const Block& block : model_.blocks) {
      if (block.targets.size() < 2 || chance(30)) continue;
      model_.faster.push_back({block.targets[1], block.targets[0]});
      if (block.targets.size() > 2) model_.faster.push_back({block.targets[2], block.targets[1]});
    }
  }

  std::mt19937_64& random_;
  const ModelShape& shape_;
  Model model_;
  std::size_t visible_ = 0;
  std::uint32_t next_ = 0;
};

}  // namespace

Model random_model(std::mt19937_64& random, const ModelShape& shape) {
  return Maker(random, shape).make();
}

Model large_random_model(std::size_t rules) {
  std::mt19937_64 random(1);
  const auto below = [&](std::size_t n) { return random() % n; };
  Model model;
  for (std::size_t f = 0; f < 40; ++f) {
    Fact fact;
    fact.name = "f" + std::to_string(f);
    fact.kind = f < 16 ? FactKind::kBool : f < 30 ? FactKind::kEnum : FactKind::kInt;
    fact.high = f < 16 ? 1 : f < 30 ? 7 : 4095;
    for (int i = 0; fact.kind == FactKind::kEnum && i < 8; ++i) {
      fact.symbols.push_back(fmt::format("s{}", i));
    }
    model.facts.push_back(fact);
  }
  model.declared_facts = 40;
  model.outcomes.push_back({false, 0, {}});
  model.targets.emplace_back().name = "t";
  for (std::size_t r = 0; r < rules; ++r) {
    std::vector<FormulaId> parts;
    const std::size_t conditions = 6 + below(5);
    for (std::size_t c = 0; c < conditions; ++c) {
      const auto fact = static_cast<FactId>(below(40));
      const std::int64_t high = model.facts[fact].high;
      auto a = static_cast<std::int64_t>(below(static_cast<std::size_t>(high) + 1));
      auto b = high == 1 ? a : static_cast<std::int64_t>(below(static_cast<std::size_t>(high) + 1));
      if (a > b) std::swap(a, b);
      parts.push_back(model.formulas.atom({Atom::Kind::kIn, fact, 0, {{a, b}}}, 0, high));
    }
    Rule rule;
    rule.when.formula = model.formulas.all(parts);
    rule.span = {0, static_cast<std::uint32_t>(r), static_cast<std::uint32_t>(r) + 1};
    rule.entries.emplace_back().row = static_cast<RowId>(r);
    model.rows.push_back({rule.when.formula, 0, static_cast<RuleId>(r), 0});
    model.rules.push_back(std::move(rule));
  }
  Block block;
  block.targets = {0};
  block.row_count = static_cast<RowId>(rules);
  model.blocks.push_back(block);
  return model;
}

}  // namespace switchyard::testing
