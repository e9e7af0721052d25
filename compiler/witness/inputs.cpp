#include "compiler/witness/inputs.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "compiler/sema/resolve.h"
#include "compiler/verify/box_evaluator.h"
#include "compiler/verify/check.h"

namespace switchyard {

namespace {

class Search {
 public:
  Search(const Model& model, Formulas& formulas, const Partition& partition,
         const SourceMap& sources, Judge& judge, bool exact)
      : model_(model),
        formulas_(formulas),
        partition_(partition),
        sources_(sources),
        judge_(judge),
        exact_(exact),
        evaluator_(model, formulas, partition) {}

  WitnessInputs run() {
    for (RowId row = 0; row < model_.rows.size(); ++row) add_row(row);
    for (FactId fact = 0; fact < model_.declared_facts; ++fact) {
      const FactKind kind = model_.facts[fact].kind;
      if (kind == FactKind::kInt || kind == FactKind::kVersion) add_boundaries(fact);
    }
    return std::move(result_);
  }

 private:
  void add(std::vector<std::int64_t> codes, std::string shows) {
    const auto [place, fresh] = index_.emplace(codes, result_.inputs.size());
    if (fresh) result_.inputs.push_back({std::move(codes), std::move(shows)});
    else result_.inputs[place->second].shows += "; " + shows;
  }

  void add_row(RowId row) {
    const Rule& rule = model_.rules[model_.rows[row].rule];
    const auto example = judge_.find({rule.block, {{row}}});
    if (!example) return;
    points_.push_back(example->point);
    std::string shows = "rule " + sources_.location(rule.span);
    if (rule.entries.size() > 1 || rule.kind == Rule::Kind::kOnly) {
      shows += ", " + spell_outcome(model_, model_.rows[row].outcome);
    }
    add(codes_of(model_, partition_, example->point), std::move(shows));
  }

  // The codes of one class: what its atoms say, together.
  FormulaId in_class(FactId fact, ClassId c) {
    std::vector<FormulaId> parts;
    const Fact& own = model_.facts[fact];
    for (AtomId atom = 0; atom < partition_.atoms.size(); ++atom) {
      if (formulas_.atom(atom).fact != fact) continue;
      const FormulaId holds = formulas_.atom(formulas_.atom(atom), own.low, own.high);
      parts.push_back(partition_.atoms[atom].contains(c) ? holds : formulas_.negate(holds));
    }
    return formulas_.all(std::move(parts));
  }

  void add_boundaries(FactId fact) {
    const Axis& axis = partition_.axes[fact];
    // By pair of classes: the first boundary between two codes side by side. Inside an interval only
    // remainders differ, so one period of it, and a step more, shows all that it has.
    std::map<std::pair<ClassId, ClassId>, std::int64_t> cuts;
    const auto look_at = [&](std::int64_t x) {
      const ClassId below = axis.class_of(x), above = axis.class_of(x + 1);
      if (below != above) cuts.emplace(std::pair(below, above), x);
    };
    for (std::size_t i = 0; i < axis.intervals.size(); ++i) {
      const auto [low, high] = axis.intervals[i];
      if (axis.modulus > 1) {
        // `high - low` may pass 2^63: as unsigned it does not.
        const std::uint64_t steps =
            std::min(static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low),
                     static_cast<std::uint64_t>(axis.modulus));
        for (std::uint64_t step = 0; step < steps; ++step) {
          look_at(low + static_cast<std::int64_t>(step));
        }
      }
      if (i + 1 < axis.intervals.size()) look_at(high);
    }
    std::map<std::int64_t, std::pair<ClassId, ClassId>> in_order;
    for (const auto& [classes, x] : cuts) in_order.emplace(x, classes);
    for (const auto& [x, classes] : in_order) add_boundary(fact, x, classes.first, classes.second);
  }

  void add_boundary(FactId fact, std::int64_t x, ClassId below, ClassId above) {
    std::optional<Point> point = among_known(fact, below, above);
    if (!point) {
      if (!exact_ && solved_++ >= kMaxSolvedBoundaries) {
        ++result_.unsettled;
        return;
      }
      const FormulaId either = formulas_.any(in_class(fact, below), in_class(fact, above));
      const auto difference = judge_.difference(fact, either);
      if (!difference) return;
      point = difference->first.point;
    }
    const Fact& own = model_.facts[fact];
    std::vector<std::int64_t> codes = codes_of(model_, partition_, *point);
    const std::string shows =
        fmt::format("boundary {} {} | {}", own.name, spell(own, x), spell(own, x + 1));
    codes[fact] = x;
    add(codes, shows);
    codes[fact] = x + 1;
    add(codes, shows);
  }

  // A point that was found before and whose outcome changes across the boundary.
  std::optional<Point> among_known(FactId fact, ClassId below, ClassId above) {
    for (const Point& known : points_) {
      Point point = known;
      point[fact] = below;
      const auto first = outcome_at(point);
      point[fact] = above;
      const auto second = outcome_at(point);
      if (first && second && *first != *second) return point;
    }
    return std::nullopt;
  }

  // None where the combination is excluded.
  std::optional<OutcomeId> outcome_at(const Point& point) {
    evaluator_.set_point(point);
    if (evaluator_.truth(model_.admitted) != Truth::kAlways) return std::nullopt;
    const RowId row = evaluator_.decides(static_cast<BlockId>(model_.blocks.size() - 1));
    if (row == kUndecided) return std::nullopt;
    return model_.rows[row].outcome;
  }

  const Model& model_;
  Formulas& formulas_;
  const Partition& partition_;
  const SourceMap& sources_;
  Judge& judge_;
  const bool exact_;
  BoxEvaluator evaluator_;
  std::vector<Point> points_;  // of the rows
  std::map<std::vector<std::int64_t>, std::size_t> index_;
  std::size_t solved_ = 0;
  WitnessInputs result_;
};

}  // namespace

std::vector<std::int64_t> codes_of(const Model& model, const Partition& partition,
                                   const Point& point) {
  std::vector<std::int64_t> codes;
  for (FactId fact = 0; fact < model.declared_facts; ++fact) {
    codes.push_back(partition.axes[fact].representative[point[fact]]);
  }
  return codes;
}

WitnessInputs witness_inputs(const Model& model, Formulas& formulas, const Partition& partition,
                             const SourceMap& sources, Judge& judge, bool exact) {
  return Search(model, formulas, partition, sources, judge, exact).run();
}

}  // namespace switchyard
