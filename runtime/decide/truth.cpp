#include "runtime/decide/truth.h"

#include "runtime/decide/evaluate_block.h"
#include "runtime/decide/inputs.h"
#include "runtime/decide/program.h"

namespace switchyard {

Truth::Truth(const TableView& table, const void* facts) {
  // Conditions may read decisions; the policy's own block has all of them behind it.
  const auto* bytes = static_cast<const unsigned char*>(facts);
  std::vector<std::uint32_t> codes(table.block_of_decision.size() + 1, 0);
  evaluate_in_order(table, static_cast<std::uint32_t>(table.blocks.size() - 1), bytes,
                    best_vector_unit(), codes.data());
  const Inputs inputs{table, bytes, codes.data()};
  const std::uint32_t count = table.sections.policy->formulas()->size();
  values_.resize(count);
  for (std::uint32_t i = 0; i < count; ++i) values_[i] = value_of(table, inputs, i);
}

// compiler/sema/formula.h: bottom, top, atom, not, and, or. Operands come before their user.
bool Truth::value_of(const TableView& table, const Inputs& inputs, std::uint32_t index) const {
  const format::Formula& formula = *table.sections.policy->formulas()->Get(index);
  const auto* operands = table.sections.policy->operands();
  const std::uint32_t kind = formula.kind();
  if (kind < 2) return kind == 1;
  if (kind == 2) {
    const format::Atom& atom = table.atoms[formula.first()];
    return holds(table, atom, inputs.code(atom.fact()));
  }
  if (kind == 3) return !values_[operands->Get(formula.first())];
  const bool ends_at = kind == 5;
  for (std::uint32_t o = 0; o < formula.count(); ++o) {
    if (values_[operands->Get(formula.first() + o)] == ends_at) return ends_at;
  }
  return !ends_at;
}

}  // namespace switchyard
