// Pairs of rules between which order decides, on random policies by looking at every combination; both
// engines; their limits.
#include <map>
#include <optional>
#include <set>

#include <catch2/catch.hpp>

#include "compiler/verify/overlaps.h"
#include "tests/verify/brute_force.h"

namespace switchyard {
namespace {

using testing::Codes;
using testing::holds;
using testing::World;

using Pairs = std::map<std::pair<RuleId, RuleId>, std::vector<Codes>>;  // and where

// The outcome that a rule alone would give, by its rows in order.
std::optional<OutcomeId> alone(const Model& model, RuleId rule, const Codes& codes) {
  for (const Row& row : model.rows) {
    if (row.rule == rule && holds(model, row.formula, codes)) return row.outcome;
  }
  return std::nullopt;
}

Pairs expected_of(const World& world) {
  const Model& model = world.model;
  Pairs pairs;
  for (const auto& [codes, decided] : world.admitted) {
    for (BlockId block = 0; block < model.blocks.size(); ++block) {
      if (!world.leaves.is_row(decided[block])) continue;
      const RuleId first = model.rows[decided[block]].rule;
      if (model.rules[first].block != block) continue;  // an earlier block refused
      for (RuleId second = first + 1; second < model.rules.size(); ++second) {
        if (model.rules[second].block != block || model.rules[second].otherwise) continue;
        const auto outcome = alone(model, second, codes);
        if (outcome && *outcome != model.rows[decided[block]].outcome) {
          pairs[{first, second}].push_back(codes);
        }
      }
    }
  }
  return pairs;
}

bool within(const Box& box, const Partition& p, const Codes& codes) {
  for (const Box::Side& side : box.sides) {
    if (!side.classes.contains(p.axes[side.fact].class_of(codes[side.fact]))) return false;
  }
  return true;
}

// The pairs are the expected ones; every admitted combination of a box is such, and a box has one.
void check(const Overlaps& found, const Pairs& expected, const World& world, const Partition& p,
           bool exact) {
  REQUIRE(found.complete);
  REQUIRE(found.pairs.size() == expected.size());
  auto at = expected.begin();
  for (const Overlap& one : found.pairs) {
    const auto& [pair, where] = *at++;
    REQUIRE(std::pair(one.first, one.second) == pair);
    const std::set<Codes> right(where.begin(), where.end());
    std::size_t inside = 0;
    for (const auto& [codes, decided] : world.admitted) {
      if (!within(one.box, p, codes)) continue;
      ++inside;
      REQUIRE(right.count(codes) == 1);
    }
    REQUIRE(inside > 0);
    REQUIRE(one.exact == exact);
    const bool right_size =
        exact ? one.size == where.size() : one.size >= 1 && one.size <= where.size();
    REQUIRE(right_size);
  }
}

TEST_CASE("overlaps of random policies, with both engines, by looking at every combination") {
  const std::uint64_t seed = testing::random_seed();
  INFO("SWITCHYARD_SEED=" << seed);
  std::mt19937_64 random(seed);
  testing::ModelShape shape;
  shape.decisions = 2;
  shape.rows = 8;
  shape.max_combinations = 400;
  std::size_t pairs = 0;
  for (std::size_t round = 0; round < testing::random_rounds(400); ++round) {
    INFO("round " << round);
    const Model model = testing::random_model(random, shape);
    DiagnosticSink none;
    const Partition p = *partition(model, none);
    const World world(model);
    const Pairs expected = expected_of(world);
    const auto diagrams = build(model, p, {});
    REQUIRE(diagrams);
    VerifyOptions options;
    options.engine = VerifyOptions::Engine::kDiagrams;
    check(overlaps(model, p, diagrams, options), expected, world, p, true);
    options.engine = VerifyOptions::Engine::kSolver;
    check(overlaps(model, p, std::nullopt, options), expected, world, p, false);
    pairs += expected.size();

    // A limit says that it ended the search, and what was found before it is right.
    if (expected.size() < 2) continue;
    OverlapLimits limits;
    limits.pairs = 1;
    const Overlaps one = overlaps(model, p, diagrams, {}, limits);
    REQUIRE_FALSE(one.complete);
    REQUIRE(one.pairs.size() == 1);
    REQUIRE(expected.contains({one.pairs[0].first, one.pairs[0].second}));
    limits = {};
    limits.questions = 0;
    REQUIRE_FALSE(overlaps(model, p, std::nullopt, options, limits).complete);
    REQUIRE(overlaps(model, p, diagrams, {}, limits).complete);  // only the solver counts them
  }
  CHECK(pairs >= testing::random_rounds(400));
}

}  // namespace
}  // namespace switchyard
