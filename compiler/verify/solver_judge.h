#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "compiler/verify/box_evaluator.h"
#include "compiler/verify/judge.h"
#include "compiler/verify/policy_solver.h"

namespace switchyard {

// Answers with a solver, for policies beyond the diagrams' budget. Yes and no are exact; an example's
// cube is one that cannot be left out of, not always the smallest; a cover is one maximal box and a
// lower bound.
class SolverJudge final : public Judge {
 public:
  // All arguments must outlive the judge. `formulas`: the model's and more over the same atoms.
  SolverJudge(const Model& model, const Formulas& formulas, const Partition& partition);

  bool possible(FormulaId formula, Where where) override;
  bool reached(RowId row) override;
  bool meets(const Region& region) override { return point_in(region).has_value(); }
  std::vector<RowId> deciding(std::span<const RowId> rows, FormulaId also) override;
  std::optional<Example> find(const Region& region) override;
  Cover cover(const Region& region, CoverLimit limit) override;
  std::vector<std::size_t> minimal_conflict(FormulaId base, std::span<const FormulaId> parts,
                                            Where where) override;
  std::optional<Difference> difference(FactId fact, FormulaId when) override;
  bool matters(FactId fact) override;
  bool passes(RuleId rule, FormulaId formula, std::optional<OutcomeId> unless) override;
  std::optional<Count> admitted() override { return std::nullopt; }
  bool sound() const override { return true; }

 private:
  PolicySolver& whole();
  // The facts alone, or with one block; null where that is no less than the whole.
  PolicySolver* alone(std::optional<BlockId> block);
  // Whether formulas that are asked about speak of decisions.
  bool reads_decisions(FormulaId formula);
  // A point that satisfies `assume(solver)` where `block` is reached, on which `assume` insists.
  // `formula`: all that is asked beside the block's rows. Asks the block alone first: no there is no,
  // and a point that reaches the block is one.
  using Assume = std::function<std::vector<Literal>(PolicySolver&)>;
  std::optional<Point> ask(BlockId block, FormulaId formula, const Assume& assume);
  // Whether every block before it has chosen at the evaluator's point; else the row that ended the
  // policy there, or kUndecided.
  std::pair<bool, RowId> reaches(BlockId block);
  std::vector<Literal> where(Where where);
  std::optional<Point> point_in(const Region& region);
  // Marks rows that some guessed points reach, so that the solver is asked about the others only.
  void guess_reached();
  // A point in which the row's condition is likely to hold; another one for another `attempt`.
  Point guess(RowId row, std::uint64_t attempt) const;
  // Frees facts of the point's box, later ones first, while `stays` holds.
  template <typename Stays>
  void free_facts(Stays stays);
  // Then widens those that are not free, class by class or interval by interval.
  template <typename Stays>
  void widen_facts(Stays stays);
  template <typename Stays>
  void widen_runs(FactId fact, Stays stays);
  Box box() const;

  // solver_changes.cpp
  // Keeps a point that `rule` decides, as a start for others.
  void keep(RuleId rule, Point point);
  // What the kept points, with one fact changed, can show.
  bool shown_by_points(RuleId rule, FormulaId formula, std::optional<OutcomeId> unless);
  // Whether the point shows it; else the row that is to blame, or kUndecided.
  std::pair<bool, RowId> shows(RuleId rule, FormulaId formula, std::optional<OutcomeId> unless,
                               Point point);
  // Changes facts other than `kept` so that rows to blame no longer match, a few times.
  bool repaired(RuleId rule, FormulaId formula, std::optional<OutcomeId> unless, Point point,
                RowId blamed, const std::vector<FactId>& kept);
  bool matters_at_points(FactId fact);
  void facts_of(FormulaId formula, std::vector<FactId>& facts);

  const Model& model_;
  const Formulas& formulas_;
  const Partition& partition_;
  std::unique_ptr<PolicySolver> whole_;                                // when first asked
  std::map<std::optional<BlockId>, std::unique_ptr<PolicySolver>> parts_;  // likewise
  std::vector<signed char> reads_;  // by FormulaId, of those so far: 1 where it speaks of decisions
  BoxEvaluator evaluator_;
  std::vector<bool> reached_;  // by RowId, where guessed; empty before
  std::vector<std::vector<Point>> points_;  // by RuleId: some that it decides
  std::vector<RowId> first_row_;            // by RuleId, and one past the last
  std::vector<std::uint32_t> visited_;      // by FormulaId, for facts_of
  std::uint32_t visit_ = 0;
};

}  // namespace switchyard
