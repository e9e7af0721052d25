#include <algorithm>

#include "compiler/diagram/build.h"
#include "compiler/verify/solver_judge.h"

// The solver's answers about what would change: one fact, or one rule. Most are shown by points that
// are known already, with one fact changed; the solver is asked about the rest.
namespace switchyard {

namespace {

constexpr std::size_t kKeptPoints = 4;  // a rule
constexpr std::size_t kBlocked = 8;     // points worth repairing, a question
constexpr std::size_t kRepairs = 12;    // changes of one such point
constexpr OutcomeId kRefusal = ~OutcomeId{0};  // whatever its id

// Some classes other than `own`: its neighbours, which leave most other rules as they are, the ends
// and the middle.
std::vector<ClassId> others_of(ClassId own, std::size_t classes) {
  std::vector<ClassId> result;
  const auto add = [&](std::size_t c) {
    const auto other = static_cast<ClassId>(c);
    if (c >= classes || other == own) return;
    if (std::find(result.begin(), result.end(), other) == result.end()) result.push_back(other);
  };
  if (classes <= 8) {
    for (std::size_t c = 0; c < classes; ++c) add(c);
    return result;
  }
  add(own + std::size_t{1});
  if (own > 0) add(own - std::size_t{1});
  for (std::size_t part = 0; part <= 4; ++part) add(part * (classes - 1) / 4);
  return result;
}

}  // namespace

void SolverJudge::keep(RuleId rule, Point point) {
  if (points_[rule].size() < kKeptPoints) points_[rule].push_back(std::move(point));
}

void SolverJudge::facts_of(FormulaId root, std::vector<FactId>& facts) {
  visited_.resize(formulas_.size(), 0);
  ++visit_;
  std::vector<FormulaId> open = {root};
  while (!open.empty()) {
    const FormulaId formula = open.back();
    open.pop_back();
    if (visited_[formula] == visit_) continue;
    visited_[formula] = visit_;
    switch (formulas_.kind(formula)) {
      case Formulas::Kind::kBottom:
      case Formulas::Kind::kTop:
        break;
      case Formulas::Kind::kAtom: {
        const FactId fact = formulas_.atom(formulas_.atom_of(formula)).fact;
        if (fact < model_.declared_facts) facts.push_back(fact);
        break;
      }
      case Formulas::Kind::kNot:
      case Formulas::Kind::kAnd:
      case Formulas::Kind::kOr:
        for (const FormulaId operand : formulas_.operands(formula)) open.push_back(operand);
        break;
    }
  }
  std::sort(facts.begin(), facts.end());
  facts.erase(std::unique(facts.begin(), facts.end()), facts.end());
}

std::pair<bool, RowId> SolverJudge::shows(RuleId rule, FormulaId formula,
                                          std::optional<OutcomeId> unless, Point point) {
  constexpr std::pair<bool, RowId> kNo = {false, kUndecided};
  evaluator_.set_point(std::move(point));
  const BlockId id = model_.rules[rule].block;
  // Most points show nothing in the block itself, and walking the blocks before it costs most.
  const bool apart = id == 0 || (!reads_decisions(formula) && alone(id) != nullptr);
  if (!apart) evaluator_.decides(id);
  if (evaluator_.truth(formula) != Truth::kAlways) return kNo;
  if (evaluator_.truth(model_.admitted) != Truth::kAlways) return kNo;
  const Block& block = model_.blocks[id];
  const RowId decides = apart ? evaluator_.matches(id) : evaluator_.decides(id);
  if (decides != kUndecided && decides < first_row_[rule]) return {false, decides};
  for (RowId row = std::max(decides, first_row_[rule + 1]);
       unless && decides != kUndecided && row < block.first_row + block.row_count; ++row) {
    if (evaluator_.truth(model_.rows[row].formula) != Truth::kAlways) continue;
    if (model_.rows[row].outcome == *unless) return {false, row};
    break;
  }
  const auto [reached, ends] = reaches(id);
  return {reached, reached ? kUndecided : ends};
}

bool SolverJudge::repaired(RuleId rule, FormulaId formula, std::optional<OutcomeId> unless,
                           Point point, RowId blamed, const std::vector<FactId>& kept) {
  for (std::size_t step = 0; step < kRepairs && blamed != kUndecided; ++step) {
    const FormulaId row = model_.rows[blamed].formula;
    std::vector<FactId> facts;
    facts_of(row, facts);
    bool moved = false;
    for (const FactId fact : facts) {
      if (moved) break;
      if (std::binary_search(kept.begin(), kept.end(), fact)) continue;
      for (const ClassId c : others_of(point[fact], partition_.axes[fact].class_count())) {
        Point next = point;
        next[fact] = c;
        evaluator_.set_point(next);
        if (evaluator_.truth(row) == Truth::kAlways) continue;
        point = std::move(next);
        moved = true;
        break;
      }
    }
    if (!moved) return false;
    const auto [shown, next] = shows(rule, formula, unless, point);
    if (shown) return true;
    blamed = next;
  }
  return false;
}

bool SolverJudge::shown_by_points(RuleId rule, FormulaId formula,
                                  std::optional<OutcomeId> unless) {
  std::vector<FactId> facts;
  facts_of(formula, facts);
  std::vector<std::pair<Point, RowId>> blocked;
  const auto tried = [&](Point point) {
    const auto [shown, blamed] = shows(rule, formula, unless, point);
    if (!shown && blamed != kUndecided && blocked.size() < kBlocked) {
      blocked.emplace_back(std::move(point), blamed);
    }
    return shown;
  };
  for (const Point& base : points_[rule]) {
    if (tried(base)) return true;
    for (const FactId fact : facts) {
      for (const ClassId c : others_of(base[fact], partition_.axes[fact].class_count())) {
        Point point = base;
        point[fact] = c;
        if (tried(std::move(point))) return true;
      }
    }
  }
  for (auto& [point, blamed] : blocked) {
    if (repaired(rule, formula, unless, std::move(point), blamed, facts)) return true;
  }
  return false;
}

bool SolverJudge::passes(RuleId rule, FormulaId formula, std::optional<OutcomeId> unless) {
  if (formula == kFalse) return false;
  if (reached_.empty()) guess_reached();
  if (shown_by_points(rule, formula, unless)) return true;
  const BlockId id = model_.rules[rule].block;
  const Block& block = model_.blocks[id];
  // The rule's rows are the last of the block, or the next rule's first row follows them.
  const RowId next = std::min(first_row_[rule + 1], block.first_row + block.row_count);
  const std::optional<Point> point = ask(id, formula, [&](PolicySolver& asked) {
    SatEncoding& encoding = asked.encoding;
    std::vector<Literal> assumed = {encoding.admitted(), encoding.open_before(first_row_[rule])};
    if (formulas_.kind(formula) == Formulas::Kind::kAnd) {
      for (const FormulaId part : formulas_.operands(formula)) {
        assumed.push_back(encoding.formula(part));
      }
    } else {
      assumed.push_back(encoding.formula(formula));
    }
    if (unless) assumed.push_back(-asked.gives(id, *unless)[next - block.first_row]);
    return assumed;
  });
  if (point) keep(rule, *point);
  return point.has_value();
}

bool SolverJudge::matters_at_points(FactId fact) {
  const std::size_t classes = partition_.axes[fact].class_count();
  // What every block decides, or none where the point is not admitted.
  const auto outcomes = [&](Point point) -> std::optional<std::vector<RowId>> {
    evaluator_.set_point(std::move(point));
    if (evaluator_.truth(model_.admitted) != Truth::kAlways) return std::nullopt;
    std::vector<RowId> rows;
    for (BlockId block = 0; block < model_.blocks.size(); ++block) {
      rows.push_back(evaluator_.decides(block));
    }
    return rows;
  };
  for (const std::vector<Point>& points : points_) {
    for (const Point& base : points) {
      const auto here = outcomes(base);
      if (!here) continue;
      for (const ClassId c : others_of(base[fact], classes)) {
        Point point = base;
        point[fact] = c;
        const auto there = outcomes(std::move(point));
        for (std::size_t i = 0; there && i < here->size(); ++i) {
          const RowId a = (*here)[i], b = (*there)[i];
          if (a == b && a == kUndecided) break;
          if (a == kUndecided || b == kUndecided) return true;
          if (model_.rows[a].outcome != model_.rows[b].outcome) return true;
        }
      }
    }
  }
  return false;
}

bool SolverJudge::matters(FactId fact) {
  if (partition_.axes[fact].class_count() < 2) return false;
  if (reached_.empty()) guess_reached();
  if (matters_at_points(fact)) return true;
  Solver solver;
  SatEncoding first(model_, formulas_, partition_, solver);
  SatEncoding second(model_, formulas_, partition_, solver, &first, fact);
  solver.clause({first.admitted()});
  solver.clause({second.admitted()});
  // By outcome, what ends the policy with it before the block, or is decided in it.
  std::vector<std::vector<Literal>> refused(2);
  for (BlockId block = 0; block < model_.blocks.size(); ++block) {
    std::map<OutcomeId, std::pair<std::vector<Literal>, std::vector<Literal>>> by_outcome;
    for (const Literal literal : refused[0]) by_outcome[kRefusal].first.push_back(literal);
    for (const Literal literal : refused[1]) by_outcome[kRefusal].second.push_back(literal);
    const Block& own = model_.blocks[block];
    for (RowId row = own.first_row; row < own.first_row + own.row_count; ++row) {
      const OutcomeId outcome = model_.rows[row].outcome;
      const Literal here = first.decides(row), there = second.decides(row);
      const bool refuses = model_.outcomes[outcome].refused;
      auto& [one, other] = by_outcome[refuses ? kRefusal : outcome];
      one.push_back(here);
      other.push_back(there);
      if (!refuses) continue;
      refused[0].push_back(here);
      refused[1].push_back(there);
    }
    std::vector<Literal> decided;
    for (auto& [outcome, rows] : by_outcome) {
      rows.second = {solver.any(std::move(rows.second))};
      decided.push_back(rows.second[0]);
    }
    const Literal second_decided = solver.any(std::move(decided));
    std::vector<Literal> first_decided;
    for (const auto& [outcome, rows] : by_outcome) {
      first_decided.insert(first_decided.end(), rows.first.begin(), rows.first.end());
    }
    if (solver.solve({solver.any(std::move(first_decided)), -second_decided})) return true;
    for (auto& [outcome, rows] : by_outcome) {
      const Literal here = solver.any(std::move(rows.first));
      if (solver.solve({here, second_decided, -rows.second[0]})) return true;
    }
  }
  return false;
}

}  // namespace switchyard
