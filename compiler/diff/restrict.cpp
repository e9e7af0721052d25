#include "compiler/diff/restrict.h"

namespace switchyard::diff {

Pair restricted(const Pair& pair, FormulaId formula) {
  Pair result = pair;
  for (Model* model : {&result.old_model, &result.new_model}) {
    Assumption assumption;
    assumption.condition.formula = formula;
    model->assumptions.push_back(std::move(assumption));
  }
  // `admitted` goes into the old side's formulas first; equal ids on both sides stay equal formulas.
  Formulas& formulas = result.old_model.formulas;
  result.old_model.admitted = formulas.all(result.old_model.admitted, formula);
  result.new_model.admitted = formulas.all(result.new_model.admitted, formula);
  result.new_model.formulas = formulas;
  return result;
}

}  // namespace switchyard::diff
