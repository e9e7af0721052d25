#include "tests/z3/z3_policy.h"

#include <string>

namespace switchyard::testing {

namespace {

constexpr unsigned kFlagBits = 16;

z3::expr any_of(z3::context& context, const std::vector<z3::expr>& parts) {
  z3::expr_vector all(context);
  for (const z3::expr& part : parts) all.push_back(part);
  return parts.empty() ? context.bool_val(false) : z3::mk_or(all);
}

}  // namespace

Z3Facts::Z3Facts(z3::context& context, const Model& model) : context_(context), model_(model) {
  for (FactId fact = 0; fact < model.declared_facts; ++fact) {
    const std::string name = "fact" + std::to_string(fact);
    constants_.push_back(model.facts[fact].kind == FactKind::kFlags
                             ? context.bv_const(name.c_str(), kFlagBits)
                             : context.int_const(name.c_str()));
  }
}

z3::expr Z3Facts::in_range() const {
  z3::expr result = context_.bool_val(true);
  for (FactId fact = 0; fact < constants_.size(); ++fact) {
    const Fact& own = model_.facts[fact];
    if (own.kind == FactKind::kFlags) {
      result = result && z3::ule(constants_[fact],
                                 context_.bv_val(static_cast<std::uint64_t>(own.high), kFlagBits));
    } else {
      result = result && constants_[fact] >= context_.int_val(own.low) &&
               constants_[fact] <= context_.int_val(own.high);
    }
  }
  return result;
}

Z3Policy::Z3Policy(z3::context& context, const Z3Facts& facts, const Model& model,
                   const std::string& name)
    : context_(context), facts_(facts), model_(model) {
  z3::expr reached = context.bool_val(true);
  for (const Block& block : model.blocks) {
    z3::expr open = reached;
    std::vector<std::vector<z3::expr>> chosen(block.targets.size());
    std::vector<z3::expr> chose;
    for (RowId row = block.first_row; row < block.first_row + block.row_count; ++row) {
      const z3::expr holds = formula(model.rows[row].formula);
      // A name a row keeps the terms small: each is used by all rows behind it.
      const z3::expr decides =
          context.bool_const((name + std::to_string(row)).c_str());
      definitions_.push_back(decides == (open && holds));
      decides_.push_back(decides);
      open = open && !holds;
      const Outcome& outcome = model.outcomes[model.rows[row].outcome];
      if (outcome.refused) continue;
      chose.push_back(decides);
      for (std::size_t code = 0; code < block.targets.size(); ++code) {
        if (block.targets[code] == outcome.target) chosen[code].push_back(decides);
      }
    }
    undecided_.push_back(open);
    reached = any_of(context, chose);
    if (!block.fact) continue;
    for (const auto& rows : chosen) chosen_[*block.fact].push_back(any_of(context, rows));
  }
}

z3::expr Z3Policy::definitions() const {
  z3::expr_vector all(context_);
  for (const z3::expr& definition : definitions_) all.push_back(definition);
  return z3::mk_and(all);
}

z3::expr Z3Policy::atom(const Atom& atom) {
  std::vector<z3::expr> parts;
  if (atom.fact >= model_.declared_facts) {
    const auto& codes = chosen_.at(atom.fact);
    for (std::size_t code = 0; code < codes.size(); ++code) {
      if (atom.holds(static_cast<std::int64_t>(code))) parts.push_back(codes[code]);
    }
    return any_of(context_, parts);
  }
  const z3::expr& x = facts_.of(atom.fact);
  if (model_.facts[atom.fact].kind == FactKind::kFlags) {
    const auto bits = [&](std::int64_t value) {
      return context_.bv_val(static_cast<std::uint64_t>(value), kFlagBits);
    };
    switch (atom.kind) {
      case Atom::Kind::kAny: return (x & bits(atom.operand)) != bits(0);
      case Atom::Kind::kAll: return (x & bits(atom.operand)) == bits(atom.operand);
      case Atom::Kind::kIn:
      case Atom::Kind::kModulo: break;
    }
    for (const Interval& part : atom.intervals) {
      parts.push_back(z3::uge(x, bits(part.low)) && z3::ule(x, bits(part.high)));
    }
    return any_of(context_, parts);
  }
  // Z3's mod is never negative for a positive divisor, as the language's is.
  const z3::expr value =
      atom.kind == Atom::Kind::kModulo ? z3::mod(x, context_.int_val(atom.operand)) : x;
  for (const Interval& part : atom.intervals) {
    parts.push_back(part.low == part.high ? value == context_.int_val(part.low)
                                          : value >= context_.int_val(part.low) &&
                                                value <= context_.int_val(part.high));
  }
  return any_of(context_, parts);
}

z3::expr Z3Policy::make(FormulaId id) {
  const Formulas& formulas = model_.formulas;
  switch (formulas.kind(id)) {
    case Formulas::Kind::kBottom: return context_.bool_val(false);
    case Formulas::Kind::kTop: return context_.bool_val(true);
    case Formulas::Kind::kAtom: return atom(formulas.atom(formulas.atom_of(id)));
    case Formulas::Kind::kNot: return !formula(formulas.operands(id)[0]);
    case Formulas::Kind::kAnd:
    case Formulas::Kind::kOr: break;
  }
  z3::expr_vector parts(context_);
  for (const FormulaId operand : formulas.operands(id)) parts.push_back(formula(operand));
  return formulas.kind(id) == Formulas::Kind::kAnd ? z3::mk_and(parts) : z3::mk_or(parts);
}

z3::expr Z3Policy::formula(FormulaId id) {
  const auto found = known_.find(id);
  if (found != known_.end()) return found->second;
  const z3::expr result = make(id);
  known_.emplace(id, result);
  return result;
}

z3::expr Z3Policy::ends_with(OutcomeId outcome) {
  std::vector<z3::expr> rows;
  const BlockId last = static_cast<BlockId>(model_.blocks.size() - 1);
  for (BlockId block = 0; block <= last; ++block) {
    const Block& own = model_.blocks[block];
    for (RowId row = own.first_row; row < own.first_row + own.row_count; ++row) {
      if (model_.rows[row].outcome != outcome) continue;
      if (block == last || model_.outcomes[outcome].refused) rows.push_back(decides_[row]);
    }
  }
  return any_of(context_, rows);
}

}  // namespace switchyard::testing
