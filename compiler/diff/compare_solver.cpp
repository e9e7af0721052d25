#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "compiler/diff/endings.h"
#include "compiler/diff/engines.h"
#include "compiler/diff/growth.h"
#include "compiler/diff/guesses.h"
#include "compiler/verify/sat_encoding.h"
#include "runtime/base/check.h"

namespace switchyard::diff {

namespace {

// A row that the solver has found in so many pairs is likely to be in many more: then guess.
constexpr std::size_t kPairsToGuess = 3;

Count combinations(const Axis& axis, const ClassSet& classes) {
  Count values = 0;
  for (ClassId c = 0; c < axis.class_count(); ++c) {
    if (classes.contains(c)) values += Count(axis.more[c]) + 1;
  }
  return values;
}

class SolverComparison {
 public:
  SolverComparison(const Pair& pair, const Partition& partition, const Options& options,
                   std::span<const Exemption> exempt)
      : pair_(pair),
        partition_(partition),
        options_(options),
        exempt_(exempt),
        endings_(endings_of(pair, options)),
        old_(pair.old_model, pair.old_model.formulas, partition, solver_),
        new_(pair.new_model, pair.new_model.formulas, partition, solver_, &old_),
        growth_(pair, partition),
        evaluator_(pair.old_model, pair.old_model.formulas, partition),
        guesses_(pair, partition) {}

  Difference run() {
    old_ends_ = ends_of(pair_.old_model, old_, endings_.old_leaves);
    new_ends_ = ends_of(pair_.new_model, new_, endings_.new_leaves);
    std::vector<std::vector<Literal>> by_value(endings_.values);
    for (std::uint32_t leaf = 0; leaf < new_ends_.size(); ++leaf) {
      by_value[endings_.new_side[leaf].value].push_back(new_ends_[leaf]);
    }
    for (std::vector<Literal>& ends : by_value) new_values_.push_back(solver_.any(std::move(ends)));
    take_out_exempt();
    pair_rows();
    if (!result_.all_rules) pair_outcomes();
    finish();
    return std::move(result_);
  }

 private:
  struct Region {  // of one pair of leaves
    Box box;
    Count size;
    Point witness;
  };
  struct Group {
    std::set<std::uint32_t> old_leaves, new_leaves;
    std::vector<Region> regions;
  };

  // By leaf: the policy ends so. Exactly one is true at every point.
  std::vector<Literal> ends_of(const Model& model, SatEncoding& encoding, const LeafCodes& leaves) {
    std::vector<Literal> ends(leaves.undecided() + 1, -solver_.always());
    Literal admitted = solver_.always();
    for (std::uint32_t a = 0; a < leaves.assumptions; ++a) {
      const Literal holds = encoding.formula(model.assumptions[a].condition.formula);
      ends[leaves.excluded(a)] = solver_.all({admitted, -holds});
      admitted = solver_.all({admitted, holds});
    }
    std::vector<Literal> undecided;
    for (BlockId id = 0; id < model.blocks.size(); ++id) {
      const Block& block = model.blocks[id];
      const bool last = id + 1 == model.blocks.size();
      for (RowId row = block.first_row; row < block.first_row + block.row_count; ++row) {
        const bool chooses = choice_of(model, id, row).has_value();
        if (last || !chooses) ends[row] = solver_.all({admitted, encoding.decides(row)});
      }
      undecided.push_back(solver_.all({admitted, encoding.undecided(id)}));
    }
    ends[leaves.undecided()] = solver_.any(std::move(undecided));
    return ends;
  }

  // Only where the ends differ: there is where an exemption keeps something out.
  void take_out_exempt() {
    std::vector<Literal> taken;
    for (const Exemption& exemption : exempt_) {
      std::vector<std::vector<Literal>> from(endings_.values);
      std::vector<Literal> differs, to;
      for (std::uint32_t leaf = 0; leaf < old_ends_.size(); ++leaf) {
        if (exemption.from[leaf]) from[endings_.old_side[leaf].value].push_back(old_ends_[leaf]);
      }
      for (std::uint32_t value = 0; value < from.size(); ++value) {
        if (from[value].empty()) continue;
        differs.push_back(solver_.all({solver_.any(std::move(from[value])), -new_values_[value]}));
      }
      for (std::uint32_t leaf = 0; leaf < new_ends_.size(); ++leaf) {
        if (exemption.to[leaf]) to.push_back(new_ends_[leaf]);
      }
      taken.push_back(solver_.all({solver_.any(std::move(differs)), solver_.any(std::move(to)),
                                   old_.formula(exemption.region)}));
      result_.met.push_back(solver_.solve({taken.back()}));
    }
    for (const Literal one : taken) solver_.clause({-one});
  }

  // The regions in which this pair of ends is exempt.
  std::vector<FormulaId> exempt_regions(std::uint32_t old_leaf, std::uint32_t new_leaf) const {
    std::vector<FormulaId> regions;
    for (const Exemption& exemption : exempt_) {
      if (exemption.from[old_leaf] && exemption.to[new_leaf]) regions.push_back(exemption.region);
    }
    return regions;
  }

  bool is_exempt(const Point& point, std::uint32_t old_leaf, std::uint32_t new_leaf) {
    const std::vector<FormulaId> regions = exempt_regions(old_leaf, new_leaf);
    if (regions.empty()) return false;
    evaluator_.set_point(point);
    return std::any_of(regions.begin(), regions.end(), [&](FormulaId region) {
      return evaluator_.truth(region) == Truth::kAlways;
    });
  }

  // Old row by old row: where does the new policy do something else? Never both whole policies at
  // once, which is far slower.
  void pair_rows() {
    std::map<Literal, std::uint32_t> value_of;  // of the new policy's ends
    for (std::uint32_t leaf = 0; leaf < new_ends_.size(); ++leaf) {
      value_of.emplace(new_ends_[leaf], endings_.new_side[leaf].value);
    }
    for (std::uint32_t leaf = 0; leaf < old_ends_.size(); ++leaf) {
      const Literal end = old_ends_[leaf];
      const std::uint32_t value = endings_.old_side[leaf].value;
      if (end == -solver_.always()) continue;
      // Equal conditions with equal ones before them are one literal.
      const auto same = value_of.find(end);
      if (same != value_of.end() && same->second == value) continue;
      while (solver_.solve({end, -new_values_[value]})) {
        if (pairs_.size() >= options_.max_pairs) {
          result_.all_rules = false;
          first_left_ = leaf;
          return;
        }
        const std::uint32_t other = true_end(new_ends_);
        const Point point = old_.point();
        note_pair(point, leaf, other);
        guess(point, leaf, other);
      }
    }
  }

  // Other pairs of a row that the solver has found in several.
  void guess(const Point& point, std::uint32_t old_leaf, std::uint32_t new_leaf) {
    const auto found = [&](const Point& at, std::uint32_t from, std::uint32_t to) {
      const bool differs = endings_.old_side[from].value != endings_.new_side[to].value;
      const bool fresh =
          differs && pairs_.size() < options_.max_pairs && pairs_.count({from, to}) == 0;
      if (fresh && !is_exempt(at, from, to)) note_pair(at, from, to);
    };
    // A row that was guessed around already is not what makes the other one special.
    std::size_t& of_old = found_old_[old_leaf];
    std::size_t& of_new = found_new_[new_leaf];
    const bool counts = of_old < kPairsToGuess && of_new < kPairsToGuess;
    if (!counts) return;
    if (++of_new == kPairsToGuess) guesses_.around_new(point, new_leaf, found);
    if (++of_old == kPairsToGuess) guesses_.around_old(point, old_leaf, found);
  }

  // What is left is asked by outcome: one pair of rows for each pair of outcomes not seen yet.
  void pair_outcomes() {
    std::vector<std::vector<Literal>> left(endings_.values);
    for (std::uint32_t leaf = first_left_; leaf < old_ends_.size(); ++leaf) {
      left[endings_.old_side[leaf].value].push_back(old_ends_[leaf]);
    }
    for (std::uint32_t value = 0; value < left.size(); ++value) {
      std::vector<Literal> assumed = {solver_.any(left[value]), -new_values_[value]};
      const auto first = seen_.lower_bound({value, 0});
      for (auto pair = first; pair != seen_.end() && pair->first == value; ++pair) {
        assumed.push_back(-new_values_[pair->second]);
      }
      while (solver_.solve(assumed)) {
        const std::uint32_t other = true_end(new_ends_);
        note_pair(old_.point(), true_end(old_ends_), other);
        assumed.push_back(-new_values_[endings_.new_side[other].value]);
      }
    }
  }

  std::uint32_t true_end(const std::vector<Literal>& ends) const {
    for (std::uint32_t leaf = 0; leaf < ends.size(); ++leaf) {
      if (solver_.value(ends[leaf])) return leaf;
    }
    SWITCHYARD_CHECK(false);
  }

  void note_pair(const Point& point, std::uint32_t old_leaf, std::uint32_t new_leaf) {
    const Ending& from = endings_.old_side[old_leaf];
    const Ending& to = endings_.new_side[new_leaf];
    Region region;
    region.witness = point;
    const std::vector<ClassSet> sides =
        growth_.grow(point, old_leaf, new_leaf, exempt_regions(old_leaf, new_leaf));
    region.size = 1;
    for (FactId fact = 0; fact < sides.size(); ++fact) {
      region.size *= combinations(partition_.axes[fact], sides[fact]);
      if (!sides[fact].full()) region.box.sides.push_back({fact, sides[fact]});
    }
    Group& group = groups_[{from.group, to.group}];
    group.old_leaves.insert(old_leaf);
    group.new_leaves.insert(new_leaf);
    group.regions.push_back(std::move(region));
    seen_.emplace(from.value, to.value);
    pairs_.emplace(old_leaf, new_leaf);
    solver_.clause({-old_ends_[old_leaf], -new_ends_[new_leaf]});
  }

  void finish() {
    for (auto& [key, group] : groups_) {
      Change& change = result_.changes.emplace_back();
      change.from = end_of(pair_.old_model, group.old_leaves, options_);
      change.to = end_of(pair_.new_model, group.new_leaves, options_);
      std::stable_sort(group.regions.begin(), group.regions.end(),
                       [](const Region& a, const Region& b) { return a.size > b.size; });
      // Pairs of rows share no combination, so neither do their boxes.
      for (const Region& region : group.regions) change.count += region.size;
      const std::size_t most = std::max<std::size_t>(options_.max_boxes, 1);
      if (group.regions.size() > most) group.regions.resize(most);
      change.witness = std::move(group.regions.front().witness);
      for (Region& region : group.regions) change.boxes.push_back(std::move(region.box));
      result_.changed += change.count;
    }
    result_.equal = result_.complete = result_.exact = result_.changes.empty();
    // Without assumptions of its own a policy admits everything.
    if (pair_.old_model.admitted == kTrue || pair_.new_model.admitted == kTrue) {
      Count total = 1;
      for (FactId fact = 0; fact < pair_.old_model.declared_facts; ++fact) {
        const Axis& axis = partition_.axes[fact];
        total *= combinations(axis, ClassSet(axis.class_count(), true));
      }
      result_.total = total;
    }
  }

  const Pair& pair_;
  const Partition& partition_;
  const Options& options_;
  const std::span<const Exemption> exempt_;
  const Endings endings_;
  Solver solver_;
  SatEncoding old_, new_;
  Growth growth_;
  BoxEvaluator evaluator_;  // of exempt regions
  Guesses guesses_;
  std::vector<Literal> old_ends_, new_ends_;  // by leaf
  std::vector<Literal> new_values_;           // by value: the new policy ends with it
  std::map<std::pair<std::uint32_t, std::uint32_t>, Group> groups_;
  std::set<std::pair<std::uint32_t, std::uint32_t>> seen_;  // values: old, new
  std::set<std::pair<std::uint32_t, std::uint32_t>> pairs_;  // leaves: old, new
  std::map<std::uint32_t, std::size_t> found_old_, found_new_;  // by leaf: pairs that count
  std::uint32_t first_left_ = 0;
  Difference result_;
};

}  // namespace

Difference compare_solver(const Pair& pair, const Partition& partition, const Options& options,
                          std::span<const Exemption> exempt) {
  return SolverComparison(pair, partition, options, exempt).run();
}

}  // namespace switchyard::diff
