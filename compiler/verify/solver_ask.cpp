#include "compiler/verify/solver_judge.h"

// Which solver answers a question: one that holds the facts alone, one block, or the whole policy.
namespace switchyard {

PolicySolver& SolverJudge::whole() {
  if (!whole_) whole_ = std::make_unique<PolicySolver>(model_, formulas_, partition_);
  return *whole_;
}

PolicySolver* SolverJudge::alone(std::optional<BlockId> id) {
  const auto [at, fresh] = parts_.try_emplace(id);
  if (!fresh) return at->second.get();
  if (model_.blocks.size() < 2) return nullptr;
  std::vector<BlockId> blocks;
  if (id) {
    const Block& block = model_.blocks[*id];
    for (RowId row = block.first_row; row < block.first_row + block.row_count; ++row) {
      if (reads_decisions(model_.rows[row].formula)) return nullptr;
    }
    blocks.push_back(*id);
  }
  at->second = std::make_unique<PolicySolver>(model_, formulas_, partition_, blocks);
  return at->second.get();
}

bool SolverJudge::reads_decisions(FormulaId formula) {
  // In the order of ids, so that operands are known: of all formulas at once.
  for (FormulaId id = static_cast<FormulaId>(reads_.size()); id <= formula; ++id) {
    bool reads = false;
    if (formulas_.kind(id) == Formulas::Kind::kAtom) {
      reads = formulas_.atom(formulas_.atom_of(id)).fact >= model_.declared_facts;
    } else if (formulas_.kind(id) >= Formulas::Kind::kNot) {
      for (const FormulaId operand : formulas_.operands(id)) reads = reads || reads_[operand] != 0;
    }
    reads_.push_back(reads ? 1 : 0);
  }
  return reads_[formula] != 0;
}

std::optional<Point> SolverJudge::ask(BlockId block, FormulaId formula, const Assume& assume) {
  PolicySolver* const own = reads_decisions(formula) ? nullptr : alone(block);
  if (own != nullptr) {
    if (!own->solver.solve(assume(*own))) return std::nullopt;
    Point point = own->encoding.point();
    evaluator_.set_point(point);
    if (reaches(block).first) return point;
  }
  if (!whole().solver.solve(assume(whole()))) return std::nullopt;
  return whole().encoding.point();
}

std::pair<bool, RowId> SolverJudge::reaches(BlockId block) {
  if (block == 0) return {true, kUndecided};
  const RowId decides = evaluator_.decides(block);
  const bool reached = decides == kUndecided ? evaluator_.reaches(block)
                                             : decides >= model_.blocks[block].first_row;
  return {reached, decides};
}

std::vector<Literal> SolverJudge::where(Where where) {
  if (!where.block) return {};
  return {whole().encoding.admitted(), whole().encoding.reached(*where.block)};
}

bool SolverJudge::possible(FormulaId formula, Where place) {
  PolicySolver* const facts =
      place.block.value_or(0) > 0 || reads_decisions(formula) ? nullptr : alone(std::nullopt);
  if (facts != nullptr) {
    return facts->solver.solve({place.block ? facts->encoding.admitted() : facts->solver.always(),
                                facts->encoding.formula(formula)});
  }
  std::vector<Literal> assumed = where(place);
  assumed.push_back(whole().encoding.formula(formula));
  return whole().solver.solve(assumed);
}

}  // namespace switchyard
