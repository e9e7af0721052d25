// Differences of random policies and edits of them equal what the oracle says of every combination,
// with both engines.
#include <algorithm>
#include <set>

#include <catch2/catch.hpp>

#include "compiler/diagram/build.h"
#include "compiler/diff/engines.h"
#include "compiler/verify/box_evaluator.h"
#include "tests/diff/edits.h"
#include "tests/diff/world.h"

namespace switchyard::testing {
namespace {

// No class can be added to a side with which the box, still right, would contain more of the region;
// `may` says what a box may contain.
template <typename May>
bool is_maximal(const World& world, const Ends& ends, const Box& box, May may) {
  for (std::size_t i = 0; i < box.sides.size(); ++i) {
    for (ClassId c = 0; c < box.sides[i].classes.size(); ++c) {
      if (box.sides[i].classes.contains(c)) continue;
      Box slab = box;
      slab.sides[i].classes = ClassSet(box.sides[i].classes.size());
      slab.sides[i].classes.insert(c);
      bool right = true, more = false;
      for (const Sight& sight : world.sights) {
        if (!within(slab, sight)) continue;
        right = right && may(sight);
        more = more || world.in(ends, sight);
      }
      if (right && more) return false;
    }
  }
  return true;
}

void check_maximal_diagrams(const World& world, const diff::Difference& found) {
  for (const diff::Change& change : found.changes) {
    const Ends ends = ends_of(world.both, change, world.options);
    for (const Box& box : change.boxes) {
      REQUIRE(is_maximal(world, ends, box, [&](const Sight& sight) {
        return sight.excluded_by_both || world.in(ends, sight);
      }));
    }
  }
}

// By leaf: the policy ends there as in this end of a change.
std::vector<bool> leaves_of(const Model& model, const diff::End& end) {
  const LeafCodes codes = leaf_codes(model);
  std::vector<bool> leaves(codes.undecided() + 1, false);
  for (const RowId row : end.rows) leaves[codes.row(row)] = true;
  for (const std::uint32_t a : end.assumptions) leaves[codes.excluded(a)] = true;
  if (end.kind == diff::End::Kind::kUndecided) leaves[codes.undecided()] = true;
  return leaves;
}

// Where a change is one pair of rows and no decision is held fixed, nothing can be added.
void check_maximal_solver(const World& world, const diff::Difference& found) {
  const Compared& both = world.both;
  if (both.old_model.blocks.size() != 1 || both.new_model.blocks.size() != 1) return;
  for (const diff::Change& change : found.changes) {
    const bool one_pair = change.from.rows.size() + change.from.assumptions.size() <= 1 &&
                          change.to.rows.size() + change.to.assumptions.size() <= 1;
    if (!one_pair) continue;
    const Ends ends = ends_of(both, change, world.options);
    REQUIRE(is_maximal(world, ends, change.boxes[0],
                       [&](const Sight& sight) { return world.in(ends, sight); }));
  }
}

// Up to two changes, each exempt where some row of a first block matches: what is left is exactly the
// rest, with both engines.
void check_exempt(const World& world, const diff::Difference& found, Random& random) {
  const diff::Pair& pair = world.both.pair;
  std::vector<diff::Exemption> exempt;
  std::vector<bool> met;
  std::vector<Sight> rest = world.sights;
  for (std::size_t i = 0; i < std::min<std::size_t>(2, found.changes.size()); ++i) {
    const diff::Change& change = found.changes[(random() % 2 + i) % found.changes.size()];
    const Model& model = random() % 2 == 0 ? pair.old_model : pair.new_model;
    const FormulaId region = model.rows[random() % model.blocks[0].row_count].formula;
    exempt.push_back({leaves_of(pair.old_model, change.from), leaves_of(pair.new_model, change.to),
                      region});
    met.push_back(false);
    const Ends ends = ends_of(world.both, change, world.options);
    BoxEvaluator evaluator(model, pair.old_model.formulas, world.both.partition);
    for (std::size_t s = 0; s < rest.size(); ++s) {
      evaluator.set_point(rest[s].classes);
      if (!world.in(ends, world.sights[s]) || evaluator.truth(region) != Truth::kAlways) continue;
      rest[s].differs = false;
      met.back() = true;
    }
  }
  const World left(world.both, world.options, std::move(rest));
  const auto by_diagrams =
      diff::compare_diagrams(pair, world.both.partition, world.options, exempt);
  REQUIRE(by_diagrams);
  check_diagrams(left, *by_diagrams);
  CHECK(by_diagrams->met == met);
  const diff::Difference by_solver =
      diff::compare_solver(pair, world.both.partition, world.options, exempt);
  check_solver(left, by_solver);
  CHECK(by_solver.met == met);
}

TEST_CASE("differences of edited random policies are exactly those of the oracle") {
  const std::uint64_t seed = policy_seed();
  INFO("SWITCHYARD_SEED=" << seed);
  Random random(seed);
  PolicyShape shape;
  shape.max_combinations = 128;
  shape.promises = false;
  std::size_t equal = 0, different = 0;
  std::set<diff::FactChange::Kind> kinds;
  for (std::size_t round = 0; round < policy_rounds(600); ++round) {
    INFO("round " << round);
    shape.facts = 1 + random() % 5;
    shape.rules = 1 + random() % 6;
    const std::string before = random_policy(random, shape);
    const std::string after = edited_often(random, before, random() % 7);
    const bool back = random() % 2 == 0;
    const auto both = back ? compared(after, before) : compared(before, after);
    INFO((back ? "new:\n" : "old:\n") << before << (back ? "old:\n" : "new:\n") << after);
    diff::Options options;
    options.max_boxes = 1000;
    options.attribute = "family";
    for (const auto compare :
         {diff::Options::Compare::kOutcome, diff::Options::Compare::kAttribute}) {
      options.compare = compare;
      const World world(*both, options, look_at_all(*both, options));
      if (world.sights.size() > 4000) break;
      const auto by_diagrams = diff::compare_diagrams(both->pair, both->partition, options);
      REQUIRE(by_diagrams);
      check_diagrams(world, *by_diagrams);
      check_maximal_diagrams(world, *by_diagrams);
      const diff::Difference by_solver =
          diff::compare_solver(both->pair, both->partition, options);
      check_solver(world, by_solver);
      check_maximal_solver(world, by_solver);
      check_exempt(world, *by_diagrams, random);
      ++(world.regions.empty() ? equal : different);
      for (const diff::FactChange& change : both->pair.changes) kinds.insert(change.kind);
    }
    // With reasons too, everything that differs in outcome differs, and both engines agree.
    options.compare = diff::Options::Compare::kReasons;
    const auto by_diagrams = diff::compare_diagrams(both->pair, both->partition, options);
    REQUIRE(by_diagrams);
    const diff::Difference by_solver =
        diff::compare_solver(both->pair, both->partition, options);
    const auto names = [&](const diff::Difference& difference) {
      std::vector<Ends> result;
      for (const diff::Change& change : difference.changes) {
        result.push_back(ends_of(*both, change, options));
      }
      std::sort(result.begin(), result.end());
      return result;
    };
    REQUIRE(names(*by_diagrams) == names(by_solver));
    if (before == after) REQUIRE(by_diagrams->equal);
  }
  if (policy_rounds(600) < 300) return;
  CHECK(equal > 0);
  CHECK(different > equal / 2);
  CHECK(kinds.size() == 5);
}

}  // namespace
}  // namespace switchyard::testing
