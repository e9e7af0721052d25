#include "compiler/verify/solver.h"

#include <algorithm>

#include <cadical.hpp>

#include "runtime/base/check.h"

namespace switchyard {

Solver::Solver() : solver_(std::make_unique<CaDiCaL::Solver>()) {
  // Thousands of easy questions on one formula: what runs at every call costs more than it saves.
  solver_->set("quiet", 1);
  solver_->set("lucky", 0);
  solver_->set("walk", 0);
  solver_->set("elim", 0);
  solver_->set("probe", 0);
  solver_->set("subsume", 0);
  solver_->set("rephase", 0);
  clause({variable()});
}

Solver::~Solver() = default;

void Solver::clause(std::span<const Literal> literals) {
  for (const Literal literal : literals) solver_->add(literal);
  solver_->add(0);
}

Literal Solver::all(std::vector<Literal> operands) {
  for (Literal& operand : operands) operand = -operand;
  return -any(std::move(operands));
}

Literal Solver::any(std::vector<Literal> operands) {
  std::sort(operands.begin(), operands.end());
  operands.erase(std::unique(operands.begin(), operands.end()), operands.end());
  std::erase(operands, -always());
  for (const Literal operand : operands) {
    if (operand == always()) return always();
    if (std::binary_search(operands.begin(), operands.end(), -operand)) return always();
  }
  if (operands.empty()) return -always();
  if (operands.size() == 1) return operands[0];
  const auto [known, fresh] = any_.emplace(operands, variables_ + 1);
  if (!fresh) return known->second;
  const Literal result = variable();
  for (const Literal operand : operands) clause({result, -operand});
  operands.push_back(-result);
  clause(operands);
  return result;
}

bool Solver::solve(std::span<const Literal> assumptions) {
  for (const Literal literal : assumptions) solver_->assume(literal);
  const int answer = solver_->solve();
  SWITCHYARD_CHECK(answer == 10 || answer == 20);  // IPASIR: satisfiable, not; no limit is set
  return answer == 10;
}

bool Solver::value(Literal literal) const { return solver_->val(literal) > 0; }

bool Solver::failed(Literal assumption) const { return solver_->failed(assumption); }

}  // namespace switchyard
