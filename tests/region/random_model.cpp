#include "tests/region/random_model.h"

#include <algorithm>
#include <cstdlib>
#include <string>

#include <fmt/format.h>

#include "compiler/diagram/build.h"

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

  Entry entry(OutcomeId outcome) {
    Entry made;
    made.outcome = outcome;
    made.span = span();
    if (chance(50)) {
      // A requirement may not speak of decisions.
      const std::size_t all = std::exchange(visible_, model_.declared_facts);
      made.able = condition(1);
      visible_ = all;
      made.requirements.push_back({clause(made.able), "why", span()});
    }
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
      rule.when = clause(rule.otherwise ? kTrue : condition(2));
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

bool holds(const Model& model, FormulaId formula, const std::vector<std::int64_t>& codes) {
  const Formulas& formulas = model.formulas;
  const auto part = [&](FormulaId operand) { return holds(model, operand, codes); };
  switch (formulas.kind(formula)) {
    case Formulas::Kind::kBottom:
      return false;
    case Formulas::Kind::kTop:
      return true;
    case Formulas::Kind::kAtom: {
      const Atom& atom = formulas.atom(formulas.atom_of(formula));
      const bool chosen = model.facts[atom.fact].kind != FactKind::kDecision || codes[atom.fact] >= 0;
      return chosen && atom.holds(codes[atom.fact]);
    }
    case Formulas::Kind::kNot:
      return !part(formulas.operands(formula)[0]);
    case Formulas::Kind::kAnd: {
      const auto operands = formulas.operands(formula);
      return std::all_of(operands.begin(), operands.end(), part);
    }
    case Formulas::Kind::kOr: {
      const auto operands = formulas.operands(formula);
      return std::any_of(operands.begin(), operands.end(), part);
    }
  }
  return false;
}

std::vector<std::uint32_t> decide(const Model& model, std::vector<std::int64_t>& codes) {
  const LeafCodes leaves = leaf_codes(model);
  for (std::size_t f = model.declared_facts; f < codes.size(); ++f) codes[f] = -1;
  for (std::uint32_t a = 0; a < model.assumptions.size(); ++a) {
    if (!holds(model, model.assumptions[a].condition.formula, codes)) {
      return std::vector<std::uint32_t>(model.blocks.size(), leaves.excluded(a));
    }
  }
  std::vector<std::uint32_t> result;
  for (BlockId b = 0; b < model.blocks.size(); ++b) {
    const Block& block = model.blocks[b];
    std::uint32_t leaf = leaves.undecided();
    for (RowId row = block.first_row; row < block.first_row + block.row_count; ++row) {
      if (!holds(model, model.rows[row].formula, codes)) continue;
      leaf = row;
      break;
    }
    result.push_back(leaf);
    if (leaf == leaves.undecided() || model.outcomes[model.rows[leaf].outcome].refused) {
      result.resize(model.blocks.size(), leaf);
      return result;
    }
    if (block.fact) codes[*block.fact] = *choice_of(model, b, leaf);
  }
  return result;
}

void for_each_combination(const Model& model,
                          const std::function<void(std::vector<std::int64_t>&)>& visit) {
  std::vector<std::int64_t> codes(model.facts.size(), -1);
  const std::function<void(std::size_t)> step = [&](std::size_t fact) {
    if (fact == model.declared_facts) {
      visit(codes);
      return;
    }
    for (std::int64_t c = model.facts[fact].low; c <= model.facts[fact].high; ++c) {
      codes[fact] = c;
      step(fact + 1);
    }
  };
  step(0);
}

std::size_t random_rounds(std::size_t usual) {
  const char* text = std::getenv("SWITCHYARD_RANDOM_POLICIES");
  return text != nullptr && *text != '\0' ? std::strtoull(text, nullptr, 10) : usual;
}

std::uint64_t random_seed() {
  const char* text = std::getenv("SWITCHYARD_SEED");
  if (text != nullptr && *text != '\0') return std::strtoull(text, nullptr, 10);
  return std::random_device{}();
}

}  // namespace switchyard::testing
