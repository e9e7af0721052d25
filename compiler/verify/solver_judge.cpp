#include "compiler/verify/solver_judge.h"

#include <algorithm>

namespace switchyard {

namespace {

// Facts with more classes are widened interval by interval.
constexpr std::size_t kMaxTriedClasses = 64;
constexpr std::uint64_t kGuesses = 3;  // points a row

std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
  std::uint64_t h = (a + 0x9E3779B97F4A7C15u) * 0xBF58476D1CE4E5B9u ^ b;
  h = (h ^ (h >> 29)) * 0x94D049BB133111EBu;
  return h ^ (h >> 32);
}

}  // namespace

SolverJudge::SolverJudge(const Model& model, const Formulas& formulas, const Partition& partition)
    : model_(model),
      formulas_(formulas),
      partition_(partition),
      evaluator_(model, formulas, partition),
      points_(model.rules.size()),
      first_row_(model.rules.size() + 1, static_cast<RowId>(model.rows.size())) {
  for (RowId row = static_cast<RowId>(model.rows.size()); row-- > 0;) {
    first_row_[model.rows[row].rule] = row;
  }
}

Point SolverJudge::guess(RowId row, std::uint64_t attempt) const {
  Point point;
  for (FactId fact = 0; fact < model_.declared_facts; ++fact) {
    const std::size_t classes = partition_.axes[fact].class_count();
    point.push_back(static_cast<ClassId>(mix(row * kGuesses + attempt, fact) % classes));
  }
  // Conditions that must hold by themselves: move each fact on to a class that satisfies its own.
  std::vector<FormulaId> open = {model_.rows[row].formula};
  std::vector<std::pair<FactId, ClassSet>> sides;
  while (!open.empty()) {
    const FormulaId formula = open.back();
    open.pop_back();
    if (formulas_.kind(formula) == Formulas::Kind::kAnd) {
      const auto operands = formulas_.operands(formula);
      open.insert(open.end(), operands.begin(), operands.end());
      continue;
    }
    const bool negated = formulas_.kind(formula) == Formulas::Kind::kNot;
    const FormulaId leaf = negated ? formulas_.operands(formula)[0] : formula;
    if (formulas_.kind(leaf) != Formulas::Kind::kAtom) continue;
    const AtomId atom = formulas_.atom_of(leaf);
    const FactId fact = formulas_.atom(atom).fact;
    if (fact >= model_.declared_facts) continue;
    ClassSet classes = negated ? ~partition_.atoms[atom] : partition_.atoms[atom];
    const auto own = std::find_if(sides.begin(), sides.end(),
                                  [&](const auto& side) { return side.first == fact; });
    if (own == sides.end()) sides.emplace_back(fact, std::move(classes));
    else own->second = own->second & classes;
  }
  for (const auto& [fact, classes] : sides) {
    if (classes.empty()) continue;
    while (!classes.contains(point[fact])) {
      point[fact] = static_cast<ClassId>((point[fact] + 1) % classes.size());
    }
  }
  return point;
}

void SolverJudge::guess_reached() {
  reached_.assign(model_.rows.size(), false);
  for (RowId row = 0; row < model_.rows.size(); ++row) {
    for (std::uint64_t attempt = 0; attempt < kGuesses && !reached_[row]; ++attempt) {
      Point point = guess(row, attempt);
      if (point.empty()) return;
      evaluator_.set_point(point);
      if (evaluator_.truth(model_.admitted) != Truth::kAlways) continue;
      const BlockId block = model_.rules[model_.rows[row].rule].block;
      const RowId decides = evaluator_.decides(block);
      if (decides == kUndecided) continue;
      reached_[decides] = true;
      if (model_.rules[model_.rows[decides].rule].block == block) {
        keep(model_.rows[decides].rule, std::move(point));
      }
    }
  }
}

bool SolverJudge::reached(RowId row) {
  if (reached_.empty()) guess_reached();
  if (reached_[row]) return true;
  const std::optional<Point> point =
      ask(model_.rules[model_.rows[row].rule].block, kTrue, [&](PolicySolver& asked) {
        return std::vector<Literal>{asked.encoding.admitted(), asked.encoding.open_before(row),
                                    asked.encoding.formula(model_.rows[row].formula)};
      });
  reached_[row] = point.has_value();
  if (point) keep(model_.rows[row].rule, *point);
  return reached_[row];
}

std::optional<Point> SolverJudge::point_in(const Region& region) {
  for (const Region::Part& part : region.parts) {
    const BlockId block =
        part.row == kUndecided ? region.block : model_.rules[model_.rows[part.row].rule].block;
    const std::optional<Point> point = ask(block, part.also, [&](PolicySolver& asked) {
      SatEncoding& encoding = asked.encoding;
      const Literal admitted = encoding.admitted(), also = encoding.formula(part.also);
      return part.row == kUndecided
                 ? std::vector<Literal>{admitted, encoding.undecided(block), also}
                 : std::vector<Literal>{admitted, encoding.open_before(part.row),
                                        encoding.formula(model_.rows[part.row].formula), also};
    });
    if (point) return point;
  }
  return std::nullopt;
}

std::vector<RowId> SolverJudge::deciding(std::span<const RowId> rows, FormulaId also) {
  std::vector<RowId> result;
  for (const RowId row : rows) {
    if (meets({model_.rules[model_.rows[row].rule].block, {{row, also}}})) result.push_back(row);
  }
  return result;
}

template <typename Stays>
void SolverJudge::free_facts(Stays stays) {
  for (FactId fact = model_.declared_facts; fact-- > 0;) {
    ClassSet own = evaluator_.sides()[fact];
    evaluator_.set_side(fact, ClassSet(own.size(), true));
    if (!stays()) evaluator_.set_side(fact, std::move(own));
  }
}

template <typename Stays>
void SolverJudge::widen_facts(Stays stays) {
  for (FactId fact = 0; fact < model_.declared_facts; ++fact) {
    if (evaluator_.sides()[fact].full()) continue;
    if (evaluator_.sides()[fact].size() > kMaxTriedClasses && partition_.axes[fact].modulus == 1) {
      widen_runs(fact, stays);
      continue;
    }
    for (ClassId c = 0; c < evaluator_.sides()[fact].size(); ++c) {
      ClassSet own = evaluator_.sides()[fact];
      if (own.contains(c)) continue;
      ClassSet wider = own;
      wider.insert(c);
      evaluator_.set_side(fact, std::move(wider));
      if (!stays()) evaluator_.set_side(fact, std::move(own));
    }
  }
}

// Grows the run of intervals around the box's own, upwards then downwards, by halving.
template <typename Stays>
void SolverJudge::widen_runs(FactId fact, Stays stays) {
  const Axis& axis = partition_.axes[fact];
  const ClassSet own = evaluator_.sides()[fact];
  const auto side = [&](std::size_t first, std::size_t last) {
    ClassSet run = own;
    for (std::size_t i = first; i <= last; ++i) run.insert(axis.class_of_cell[i]);
    return run;
  };
  std::size_t first = 0;
  while (!own.contains(axis.class_of_cell[first])) ++first;
  std::size_t last = first;
  for (std::size_t step = axis.intervals.size(); step > 0; step /= 2) {
    while (last + step < axis.intervals.size()) {
      evaluator_.set_side(fact, side(first, last + step));
      if (!stays()) break;
      last += step;
    }
  }
  for (std::size_t step = axis.intervals.size(); step > 0; step /= 2) {
    while (first >= step) {
      evaluator_.set_side(fact, side(first - step, last));
      if (!stays()) break;
      first -= step;
    }
  }
  evaluator_.set_side(fact, side(first, last));
}

Box SolverJudge::box() const {
  Box result;
  for (FactId fact = 0; fact < model_.declared_facts; ++fact) {
    const ClassSet& side = evaluator_.sides()[fact];
    if (!side.full()) result.sides.push_back({fact, side});
  }
  return result;
}

std::optional<Example> SolverJudge::find(const Region& region) {
  const std::optional<Point> point = point_in(region);
  if (!point) return std::nullopt;
  Example result;
  result.point = *point;
  evaluator_.set_box(sides_of(partition_, *point));
  result.row = evaluator_.decides(region.block);
  free_facts([&] { return evaluator_.inside(region); });
  result.cube = box();
  result.fewest = result.cube.sides.empty();
  result.sole = evaluator_.inside({region.block, {{result.row}}});
  return result;
}

Cover SolverJudge::cover(const Region& region, CoverLimit) {
  Cover result;
  const std::optional<Point> point = point_in(region);
  if (!point) {
    result.complete = result.exact = true;
    return result;
  }
  evaluator_.set_box(sides_of(partition_, *point));
  // Only what the assumptions admit is counted, so the box stays inside them.
  const auto stays = [&] {
    return evaluator_.inside(region) && evaluator_.truth(model_.admitted) == Truth::kAlways;
  };
  free_facts(stays);
  widen_facts(stays);
  result.size = 1;
  for (FactId fact = 0; fact < model_.declared_facts; ++fact) {
    const Axis& axis = partition_.axes[fact];
    Count values = 0;
    for (ClassId c = 0; c < axis.class_count(); ++c) {
      if (evaluator_.sides()[fact].contains(c)) values += Count(axis.more[c]) + 1;
    }
    result.size *= values;
  }
  result.boxes.push_back(box());
  result.sizes.push_back(result.size);
  return result;
}

std::vector<std::size_t> SolverJudge::minimal_conflict(FormulaId base,
                                                       std::span<const FormulaId> parts,
                                                       Where place) {
  SatEncoding& encoding = whole().encoding;
  Solver& solver = whole().solver;
  std::vector<Literal> fixed = where(place);
  fixed.push_back(encoding.formula(base));
  std::vector<std::size_t> kept;
  for (std::size_t i = 0; i < parts.size(); ++i) kept.push_back(i);
  // Refuted by fewer than all of `kept`? Then go on with what the refutation used.
  const auto refuted = [&](const std::vector<std::size_t>& some) {
    std::vector<Literal> assumed = fixed;
    for (const std::size_t i : some) assumed.push_back(encoding.formula(parts[i]));
    return !solver.solve(assumed);
  };
  const auto used = [&](const std::vector<std::size_t>& some) {
    std::vector<std::size_t> result;
    for (const std::size_t i : some) {
      if (solver.failed(encoding.formula(parts[i]))) result.push_back(i);
    }
    return result;
  };
  if (refuted(kept)) kept = used(kept);
  for (std::size_t at = kept.size(); at-- > 0;) {
    if (at >= kept.size()) continue;
    std::vector<std::size_t> fewer = kept;
    fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(at));
    if (refuted(fewer)) kept = used(fewer);
  }
  return kept;
}

std::optional<Difference> SolverJudge::difference(FactId fact, FormulaId when) {
  // Two policies in one solver that share every fact but one.
  Solver solver;
  SatEncoding first(model_, formulas_, partition_, solver);
  SatEncoding second(model_, formulas_, partition_, solver, &first, fact);
  solver.clause({first.admitted()});
  solver.clause({second.admitted()});
  solver.clause({first.formula(when)});
  solver.clause({second.formula(when)});
  // By outcome, the rows of which one ends the policy with it.
  const BlockId last = static_cast<BlockId>(model_.blocks.size() - 1);
  std::vector<std::vector<Literal>> one(model_.outcomes.size()), other(model_.outcomes.size());
  for (BlockId block = 0; block <= last; ++block) {
    const Block& own = model_.blocks[block];
    for (RowId row = own.first_row; row < own.first_row + own.row_count; ++row) {
      const OutcomeId outcome = model_.rows[row].outcome;
      if (block != last && !model_.outcomes[outcome].refused) continue;
      one[outcome].push_back(first.decides(row));
      other[outcome].push_back(second.decides(row));
    }
  }
  std::vector<Literal> others;
  for (std::vector<Literal>& rows : other) others.push_back(solver.any(std::move(rows)));
  const Literal second_decided = solver.any(others);
  for (OutcomeId outcome = 0; outcome < one.size(); ++outcome) {
    const Literal here = solver.any(std::move(one[outcome]));
    if (!solver.solve({here, second_decided, -others[outcome]})) continue;
    Difference result;
    const Point left = first.point(), right = second.point();
    result.first.point = left;
    result.first_class = left[fact];
    result.second_class = right[fact];
    evaluator_.set_box(sides_of(partition_, left));
    result.first.row = evaluator_.decides(last);
    evaluator_.set_box(sides_of(partition_, right));
    result.second_row = evaluator_.decides(last);
    // Free the other facts while both rows go on deciding under the condition.
    result.first.sole = result.second_sole = true;
    const Region here_region{last, {{result.first.row, when}}};
    const Region there_region{last, {{result.second_row, when}}};
    ClassSet here_side(partition_.axes[fact].class_count()), there_side = here_side;
    here_side.insert(result.first_class);
    there_side.insert(result.second_class);
    const auto stays = [&] {
      evaluator_.set_side(fact, there_side);
      const bool there = evaluator_.inside(there_region);
      evaluator_.set_side(fact, here_side);
      return evaluator_.inside(here_region) && there;
    };
    evaluator_.set_side(fact, here_side);
    for (FactId f = model_.declared_facts; f-- > 0;) {
      if (f == fact) continue;
      ClassSet own = evaluator_.sides()[f];
      evaluator_.set_side(f, ClassSet(own.size(), true));
      if (!stays()) evaluator_.set_side(f, std::move(own));
    }
    for (FactId f = 0; f < model_.declared_facts; ++f) {
      const ClassSet& side = evaluator_.sides()[f];
      if (f != fact && !side.full()) result.first.cube.sides.push_back({f, side});
    }
    return result;
  }
  return std::nullopt;
}

}  // namespace switchyard
