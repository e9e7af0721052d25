// What a model means, combination by combination, and how many of them tests look at.
#include <algorithm>
#include <cstdlib>
#include <functional>

#include "compiler/diagram/build.h"
#include "tests/region/random_model.h"

namespace switchyard::testing {

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
