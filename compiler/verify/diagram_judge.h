#pragma once

#include <map>
#include <utility>
#include <vector>

#include "compiler/diagram/build.h"
#include "compiler/diagram/formula_diagrams.h"
#include "compiler/diagram/operations.h"
#include "compiler/verify/judge.h"

namespace switchyard {

// Answers on decision diagrams: exact counts, complete covers, smallest examples. Works in a manager
// of its own, whose budget is the limit of `sound`.
class DiagramJudge final : public Judge {
 public:
  // All arguments must outlive the judge. `formulas`: the model's and more over the same atoms.
  DiagramJudge(const Model& model, const Formulas& formulas, const Partition& partition,
               const PolicyDiagram& diagrams, DiagramBudget budget);

  bool possible(FormulaId formula, Where where) override;
  bool reached(RowId row) override;
  bool meets(const Region& region) override;
  std::vector<RowId> deciding(std::span<const RowId> rows, FormulaId also) override;
  std::optional<Example> find(const Region& region) override;
  Cover cover(const Region& region, CoverLimit limit) override;
  std::vector<std::size_t> minimal_conflict(FormulaId base, std::span<const FormulaId> parts,
                                            Where where) override;
  std::optional<Difference> difference(FactId fact, FormulaId when) override;
  bool matters(FactId fact) override;
  bool passes(RuleId rule, FormulaId formula, std::optional<OutcomeId> unless) override;
  std::optional<Count> admitted() override;
  bool sound() const override { return manager_.within_budget(); }

 private:
  DiagramRef where(Where where);
  DiagramRef set_of(const Region& region);
  // Where `root` has a leaf for which `in` holds.
  template <typename In>
  DiagramRef select(DiagramRef root, In in) {
    std::vector<DiagramRef> values(leaves_.undecided() + 1);
    for (std::uint32_t leaf = 0; leaf < values.size(); ++leaf) {
      values[leaf] = in(leaf) ? kDiagramTrue : kDiagramFalse;
    }
    return operations_.map_leaves(root, values);
  }
  RowId decides_at(BlockId block, const Point& point) const;
  // By leaf, whether one of the diagrams has it.
  std::vector<bool> leaves_of(std::vector<DiagramRef> diagrams) const;
  // Whether one leaf only, apart from exclusions, is met in the box.
  bool one_decides(BlockId block, const std::vector<Box::Side>& sides);
  Example example(BlockId block, DiagramRef allowed, DiagramRef wanted);

  // Two classes of a fact, and where (the fact aside) exchanging them changes the outcome.
  struct Pair {
    ClassId first, second;
    DiagramRef where;
  };
  // `undecided_too`: also where one of them decides it and the other does not.
  std::optional<Pair> differing(FactId fact, FormulaId when, BlockId block, bool undecided_too);

  // What a block decides, and what it would decide without the rule that decides.
  struct Seconds {
    DiagramRef root = kDiagramFalse;  // leaves: 0 where no rule decides, else into `after` from 1
    // The rule that decides, and the outcome without it, or kNone.
    std::vector<std::pair<RuleId, std::uint32_t>> after;
    // By rule and outcome (or kNone for any): where the rule is reached and what follows differs.
    std::map<std::pair<RuleId, std::uint32_t>, DiagramRef> differs;
  };
  static constexpr std::uint32_t kNone = ~0u;
  Seconds& seconds(BlockId block);

  const Model& model_;
  const Partition& partition_;
  LeafCodes leaves_;
  const DiagramBudget budget_;
  DiagramManager manager_;
  DiagramOperations operations_;
  std::vector<DiagramRef> roots_;
  FormulaDiagrams formulas_;
  DiagramRef excluded_ = kDiagramFalse;  // by an assumption
  std::vector<bool> reached_;            // by leaf
  std::vector<RowId> first_row_;         // by RuleId
  std::vector<std::optional<Seconds>> seconds_;  // by BlockId, where asked for
};

}  // namespace switchyard
