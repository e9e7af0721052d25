#pragma once

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "compiler/verify/box_evaluator.h"
#include "compiler/verify/judge.h"
#include "compiler/verify/sat_encoding.h"

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
  Cover cover(const Region& region, std::size_t limit) override;
  std::vector<std::size_t> minimal_conflict(FormulaId base, std::span<const FormulaId> parts,
                                            Where where) override;
  std::optional<Difference> difference(FactId fact, FormulaId when) override;
  bool matters(FactId fact) override;
  bool passes(RuleId rule, FormulaId formula, std::optional<OutcomeId> unless) override;
  std::optional<Count> admitted() override { return std::nullopt; }
  bool sound() const override { return true; }

 private:
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
  // From a row of the block on, the first that matches gives the outcome; by row.
  const std::vector<Literal>& gives(BlockId block, OutcomeId outcome);
  void facts_of(FormulaId formula, std::vector<FactId>& facts);

  const Model& model_;
  const Formulas& formulas_;
  const Partition& partition_;
  Solver solver_;
  SatEncoding encoding_;
  BoxEvaluator evaluator_;
  std::vector<bool> reached_;  // by RowId, where guessed; empty before
  std::vector<std::vector<Point>> points_;  // by RuleId: some that it decides
  std::map<std::pair<BlockId, OutcomeId>, std::vector<Literal>> gives_;
  std::vector<RowId> first_row_;            // by RuleId, and one past the last
  std::vector<std::uint32_t> visited_;      // by FormulaId, for facts_of
  std::uint32_t visit_ = 0;
};

}  // namespace switchyard
