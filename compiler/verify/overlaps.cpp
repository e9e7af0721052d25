#include "compiler/verify/overlaps.h"

#include <algorithm>
#include <map>
#include <utility>

#include "compiler/verify/check.h"
#include "compiler/verify/diagram_judge.h"
#include "compiler/verify/solver_judge.h"
#include "runtime/base/check.h"

namespace switchyard {
namespace {

// Facts that a formula pins down by itself: the classes outside of which it is false. By fact,
// ascending; what a part says in an `or` is not looked into.
std::vector<Box::Side> pinned(const Formulas& formulas, const Partition& partition,
                              FormulaId formula) {
  std::map<FactId, ClassSet> sides;
  const auto narrow = [&](AtomId id, bool negated) {
    const FactId fact = formulas.atom(id).fact;
    const ClassSet classes = negated ? ~partition.atoms[id] : partition.atoms[id];
    const auto [at, fresh] = sides.try_emplace(fact, classes);
    if (!fresh) at->second = at->second & classes;
  };
  std::vector<FormulaId> open = {formula};
  while (!open.empty()) {
    const FormulaId own = open.back();
    open.pop_back();
    const Formulas::Kind kind = formulas.kind(own);
    if (kind == Formulas::Kind::kAtom) {
      narrow(formulas.atom_of(own), false);
    } else if (kind == Formulas::Kind::kAnd) {
      for (const FormulaId part : formulas.operands(own)) open.push_back(part);
    } else if (kind == Formulas::Kind::kNot) {
      const FormulaId inner = formulas.operands(own)[0];
      if (formulas.kind(inner) == Formulas::Kind::kAtom) narrow(formulas.atom_of(inner), true);
    }
  }
  std::vector<Box::Side> result;
  for (auto& [fact, classes] : sides) result.push_back({fact, std::move(classes)});
  return result;
}

bool told_apart(const std::vector<Box::Side>& a, const std::vector<Box::Side>& b) {
  for (auto left = a.begin(), right = b.begin(); left != a.end() && right != b.end();) {
    if (left->fact == right->fact) {
      if (left->classes.disjoint(right->classes)) return true;
      ++left;
      ++right;
    } else {
      ++(left->fact < right->fact ? left : right);
    }
  }
  return false;
}

class Search {
 public:
  Search(const Model& model, Formulas& formulas, const Partition& partition, Judge& judge,
         const OverlapLimits& limits)
      : model_(model), formulas_(formulas), judge_(judge), limits_(limits) {
    for (const Row& row : model.rows) pinned_.push_back(pinned(formulas, partition, row.formula));
  }

  Overlaps run() {
    const auto rows = rows_of_rules(model_);
    for (RuleId second = 0; second < model_.rules.size() && result_.complete; ++second) {
      if (!model_.rules[second].otherwise) look_at(second, rows[second]);
    }
    std::sort(result_.pairs.begin(), result_.pairs.end(), [](const Overlap& a, const Overlap& b) {
      return std::pair(a.first, a.second) < std::pair(b.first, b.second);
    });
    return std::move(result_);
  }

 private:
  // The rules before `second` that decide where one of its rows, the first of them that matches, would
  // give another outcome.
  void look_at(RuleId second, std::pair<RowId, RowId> own) {
    const BlockId block = model_.rules[second].block;
    std::map<RuleId, std::map<RowId, std::vector<FormulaId>>> regions;  // where each row decides
    std::vector<FormulaId> before;  // the rows of `second` already looked at do not match
    for (RowId row = own.first; row < own.second; ++row) {
      std::vector<FormulaId> parts = before;
      parts.push_back(model_.rows[row].formula);
      const FormulaId matches = formulas_.all(std::move(parts));
      before.push_back(formulas_.negate(model_.rows[row].formula));
      if (matches == kFalse) continue;
      const std::vector<RowId> candidates = candidates_of(block, own.first, row);
      asked_ += candidates.size();
      if (asked_ > limits_.questions) {
        result_.complete = false;
        return;
      }
      for (const RowId decides : judge_.deciding(candidates, matches)) {
        regions[model_.rows[decides].rule][decides].push_back(matches);
      }
    }
    for (auto& [first, decides] : regions) {
      if (result_.pairs.size() == limits_.pairs) {
        result_.complete = false;
        return;
      }
      Region region{block, {}};
      for (auto& [row, also] : decides) region.parts.push_back({row, formulas_.any(std::move(also))});
      Cover cover = judge_.cover(region, 1);
      if (cover.boxes.empty()) return;  // only where the judge is no longer sound
      result_.pairs.push_back(
          {first, second, std::move(cover.boxes[0]), std::move(cover.size), cover.exact});
    }
  }

  std::vector<RowId> candidates_of(BlockId block, RowId end, RowId row) const {
    std::vector<RowId> result;
    for (RowId before = model_.blocks[block].first_row; before < end; ++before) {
      if (model_.rows[before].outcome == model_.rows[row].outcome) continue;
      if (!told_apart(pinned_[before], pinned_[row])) result.push_back(before);
    }
    return result;
  }

  const Model& model_;
  Formulas& formulas_;
  Judge& judge_;
  OverlapLimits limits_;
  std::vector<std::vector<Box::Side>> pinned_;  // by row
  std::size_t asked_ = 0;
  Overlaps result_;
};

}  // namespace

Overlaps overlaps(const Model& model, const Partition& partition,
                  const std::optional<PolicyDiagram>& diagrams, const VerifyOptions& options,
                  const OverlapLimits& limits) {
  Formulas formulas = model.formulas;
  if (diagrams && options.engine != VerifyOptions::Engine::kSolver) {
    DiagramJudge judge(model, formulas, partition, *diagrams, options.budget);
    OverlapLimits all = limits;
    all.questions = ~std::size_t{0};
    Overlaps found = Search(model, formulas, partition, judge, all).run();
    if (judge.sound()) return found;
  }
  SWITCHYARD_CHECK(options.engine != VerifyOptions::Engine::kDiagrams);
  SolverJudge judge(model, formulas, partition);
  return Search(model, formulas, partition, judge, limits).run();
}

}  // namespace switchyard
