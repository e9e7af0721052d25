#include "compiler/explain/truths.h"

#include <algorithm>

#include "compiler/diagram/build.h"

namespace switchyard {

Truths::Truths(const Model& model, std::vector<std::int64_t> codes)
    : model_(model), codes_(std::move(codes)), truth_(model.formulas.size()) {
  codes_.resize(model.facts.size(), -1);
  compute();
  for (std::uint32_t a = 0; a < model.assumptions.size(); ++a) {
    if (truth_[model.assumptions[a].condition.formula]) continue;
    violated_ = a;
    return;
  }
  for (BlockId id = 0; id < model.blocks.size(); ++id) {
    const Block& block = model.blocks[id];
    RowId row = block.first_row;
    const RowId end = block.first_row + block.row_count;
    while (row < end && !truth_[model.rows[row].formula]) ++row;
    rows_.push_back(row < end ? row : kUndecided);
    const auto choice = row < end ? choice_of(model, id, row) : std::nullopt;
    if (!choice) return;
    if (block.fact) {
      codes_[*block.fact] = *choice;
      compute();
    }
  }
}

void Truths::compute() {
  const Formulas& formulas = model_.formulas;
  for (FormulaId id = 0; id < formulas.size(); ++id) {
    switch (formulas.kind(id)) {
      case Formulas::Kind::kBottom:
        truth_[id] = false;
        break;
      case Formulas::Kind::kTop:
        truth_[id] = true;
        break;
      case Formulas::Kind::kAtom: {
        const Atom& atom = formulas.atom(formulas.atom_of(id));
        const bool made = atom.fact < model_.declared_facts || codes_[atom.fact] >= 0;
        truth_[id] = made && atom.holds(codes_[atom.fact]);
        break;
      }
      case Formulas::Kind::kNot:
        truth_[id] = !truth_[formulas.operands(id)[0]];
        break;
      case Formulas::Kind::kAnd:
      case Formulas::Kind::kOr: {
        const bool ends_at = formulas.kind(id) == Formulas::Kind::kOr;
        const auto operands = formulas.operands(id);
        const bool ends = std::any_of(operands.begin(), operands.end(),
                                      [&](FormulaId one) { return truth_[one] == ends_at; });
        truth_[id] = ends ? ends_at : !ends_at;
        break;
      }
    }
  }
}

}  // namespace switchyard
