#include "compiler/explain/residual.h"

namespace switchyard {

namespace {

// The formulas of one model rebuilt in another, with atoms about known facts decided.
class Rebuild {
 public:
  Rebuild(const Model& from, const Known& known, Model& to)
      : from_(from), known_(known), to_(to), used_(from.formulas.size()),
        made_(from.formulas.size(), kFalse) {}

  void use(FormulaId id) { used_[id] = true; }

  // After all uses: what no row needs would only add classes.
  void run() {
    const Formulas& formulas = from_.formulas;
    for (FormulaId id = static_cast<FormulaId>(formulas.size()); id-- > 0;) {
      if (!used_[id] || !has_operands(formulas.kind(id))) continue;
      for (const FormulaId operand : formulas.operands(id)) used_[operand] = true;
    }
    for (FormulaId id = 0; id < formulas.size(); ++id) {
      if (used_[id]) made_[id] = make(id);
    }
  }

  FormulaId operator()(FormulaId id) const { return made_[id]; }

 private:
  static bool has_operands(Formulas::Kind kind) {
    return kind == Formulas::Kind::kNot || kind == Formulas::Kind::kAnd ||
           kind == Formulas::Kind::kOr;
  }

  FormulaId make(FormulaId id) {
    const Formulas& formulas = from_.formulas;
    std::vector<FormulaId> operands;
    if (has_operands(formulas.kind(id))) {
      for (const FormulaId operand : formulas.operands(id)) operands.push_back(made_[operand]);
    }
    switch (formulas.kind(id)) {
      case Formulas::Kind::kBottom: return kFalse;
      case Formulas::Kind::kTop: return kTrue;
      case Formulas::Kind::kAtom: {
        const Atom& atom = formulas.atom(formulas.atom_of(id));
        if (atom.fact < known_.size() && known_[atom.fact]) {
          return atom.holds(*known_[atom.fact]) ? kTrue : kFalse;
        }
        return to_.formulas.atom(atom, from_.facts[atom.fact].low, from_.facts[atom.fact].high);
      }
      case Formulas::Kind::kNot: return to_.formulas.negate(operands[0]);
      case Formulas::Kind::kAnd: return to_.formulas.all(std::move(operands));
      case Formulas::Kind::kOr: return to_.formulas.any(std::move(operands));
    }
    return kFalse;
  }

  const Model& from_;
  const Known& known_;
  Model& to_;
  std::vector<bool> used_;
  std::vector<FormulaId> made_;
};

}  // namespace

Model specialised(const Model& model, const Known& known) {
  Model result = model;
  result.formulas = Formulas();
  result.promises.clear();
  result.influences.clear();
  result.allowances.clear();
  for (FactId fact = 0; fact < known.size(); ++fact) {
    if (known[fact]) result.facts[fact].low = result.facts[fact].high = *known[fact];
  }
  Rebuild rebuild(model, known, result);
  for (const Row& row : model.rows) rebuild.use(row.formula);
  for (const Assumption& assumption : model.assumptions) {
    rebuild.use(assumption.condition.formula);
  }
  rebuild.run();
  for (Row& row : result.rows) row.formula = rebuild(row.formula);
  std::vector<FormulaId> admitted;
  for (Assumption& assumption : result.assumptions) {
    assumption.condition.formula = rebuild(assumption.condition.formula);
    assumption.condition.parts.clear();
    admitted.push_back(assumption.condition.formula);
  }
  result.admitted = result.formulas.all(std::move(admitted));
  // Conditions as they were written speak of the model that they come from.
  for (Rule& rule : result.rules) {
    rule.when = {Clause::Kind::kLeaf, kTrue, rule.when.span, {}};
    for (Entry& entry : rule.entries) {
      entry.requirements.clear();
      entry.able = kTrue;
    }
  }
  return result;
}

}  // namespace switchyard
