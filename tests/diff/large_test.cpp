// Policies too large to try every combination.
#include <algorithm>
#include <set>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "compiler/diagram/build.h"
#include "compiler/diff/engines.h"
#include "tests/diff/compared.h"
#include "tests/diff/edits.h"
#include "tests/region/random_model.h"

namespace switchyard::testing {
namespace {

// The rows and assumptions of both ends.
std::set<std::vector<std::uint32_t>> names(const diff::Difference& difference) {
  std::set<std::vector<std::uint32_t>> result;
  for (const diff::Change& change : difference.changes) {
    std::vector<std::uint32_t> name;
    for (const diff::End* end : {&change.from, &change.to}) {
      name.push_back(static_cast<std::uint32_t>(end->kind));
      name.insert(name.end(), end->rows.begin(), end->rows.end());
      name.insert(name.end(), end->assumptions.begin(), end->assumptions.end());
    }
    result.insert(std::move(name));
  }
  return result;
}

// The leaf that ends the policy at one combination.
std::uint32_t ends(const Model& model, std::vector<std::int64_t> codes) {
  codes.resize(model.facts.size());
  return decide(model, codes).back();
}

bool is(const Model& model, const diff::End& end, std::uint32_t leaf) {
  const LeafCodes leaves = leaf_codes(model);
  if (leaves.is_row(leaf)) return std::count(end.rows.begin(), end.rows.end(), leaf) > 0;
  if (leaves.is_excluded(leaf)) {
    return std::count(end.assumptions.begin(), end.assumptions.end(), leaf - leaves.rows) > 0;
  }
  return end.kind == diff::End::Kind::kUndecided;
}

// Random combinations of every box, the witness and its neighbours: one class changed.
void check_boxes(const Compared& both, const diff::Difference& found, Random& random) {
  const Model& old_model = both.pair.old_model;
  const Model& new_model = both.pair.new_model;
  for (const diff::Change& change : found.changes) {
    const auto right = [&](const std::vector<ClassId>& point) {
      std::vector<std::int64_t> codes;
      for (FactId fact = 0; fact < point.size(); ++fact) {
        codes.push_back(both.partition.axes[fact].representative[point[fact]]);
      }
      return is(old_model, change.from, ends(old_model, codes)) &&
             is(new_model, change.to, ends(new_model, codes));
    };
    REQUIRE(right(change.witness));
    for (const Box& box : change.boxes) {
      for (int sample = 0; sample < 4; ++sample) {
        std::vector<ClassId> point = change.witness;
        for (FactId fact = 0; fact < point.size(); ++fact) {
          const auto classes = both.partition.axes[fact].class_count();
          const auto side = std::find_if(box.sides.begin(), box.sides.end(),
                                         [&](const Box::Side& s) { return s.fact == fact; });
          do {
            point[fact] = static_cast<ClassId>(random() % classes);
          } while (side != box.sides.end() && !side->classes.contains(point[fact]));
        }
        REQUIRE(right(point));
      }
    }
  }
}

TEST_CASE("both engines name the same changes on facts of many values") {
  const std::uint64_t seed = policy_seed();
  INFO("SWITCHYARD_SEED=" << seed);
  Random random(seed);
  std::size_t both_engines = 0;
  for (std::size_t round = 0; round < policy_rounds(600) / 10 + 1; ++round) {
    INFO("round " << round);
    PolicyShape shape = large_shape();
    shape.facts = 8;
    shape.rules = 10;
    shape.promises = false;
    if (round % 2 == 0) shape.decisions = 0;
    const std::string before = random_policy(random, shape);
    const std::string after = edited_often(random, before, 1 + random() % 5);
    INFO(before << "-----\n" << after);
    const auto both = compared(before, after);
    const diff::Difference by_solver = diff::compare_solver(both->pair, both->partition, {});
    check_boxes(*both, by_solver, random);
    const auto by_diagrams = diff::compare_diagrams(both->pair, both->partition, {});
    if (!by_diagrams) continue;
    ++both_engines;
    REQUIRE(names(*by_diagrams) == names(by_solver));
    CHECK(by_solver.changed <= by_diagrams->changed);
    for (const diff::Change& change : by_diagrams->changes) {
      CHECK(change.exact);
      CHECK_FALSE(change.boxes.empty());
    }
  }
  CHECK(both_engines > policy_rounds(600) / 40);
}

TEST_CASE("300 random rules over 40 facts, 6 of them edited, beyond the diagrams' budget") {
  const std::uint64_t seed = policy_seed();
  INFO("SWITCHYARD_SEED=" << seed);
  Random random(seed);
  const std::string before = conjunctive_policy(random, 300);
  const std::string after = retargeted(random, before, 6);
  const auto both = compared(before, after);
  const diff::Difference found = diff::compare(both->pair, both->partition, {});
  INFO(described(*both, found));
  CHECK_FALSE(found.equal);
  CHECK_FALSE(found.exact);
  CHECK_FALSE(found.complete);
  CHECK(found.all_rules);
  REQUIRE(found.total);
  // A rule with another target and nothing else decides the same combinations as before.
  for (const diff::Change& change : found.changes) CHECK(change.from.rows == change.to.rows);
  CHECK(found.changes.size() >= 3);
  check_boxes(*both, found, random);
  const auto same = compared(before, before);
  CHECK(diff::compare(same->pair, same->partition, {}).equal);
}

TEST_CASE("past the limit of pairs every pair of outcomes is still found") {
  std::string before = "fact i : int 0 .. 99 target a target b target c\n", after = before;
  for (int rule = 0; rule < 30; ++rule) {
    before += fmt::format("{} when i == {}\n", rule % 2 == 0 ? "a" : "b", rule);
    after += fmt::format("{} when i == {}\n", rule % 3 == 0 ? "c" : "b", rule);
  }
  const auto both = compared(before + "a otherwise", after + "a otherwise");
  diff::Options options;
  options.engine = diff::Options::Engine::kSolver;
  const auto outcomes = [&](const diff::Difference& difference) {
    std::set<std::string> result;
    for (const diff::Change& change : difference.changes) {
      const auto target = [](const Model& model, const diff::End& end) {
        return model.targets[model.outcomes[model.rows[end.rows[0]].outcome].target].name;
      };
      result.insert(target(both->pair.old_model, change.from) +
                    target(both->pair.new_model, change.to));
    }
    return result;
  };
  const diff::Difference all = diff::compare(both->pair, both->partition, options);
  CHECK(all.all_rules);
  CHECK(all.changes.size() == 20);
  CHECK(all.changed == 20);
  options.max_pairs = 2;
  const diff::Difference some = diff::compare(both->pair, both->partition, options);
  CHECK_FALSE(some.all_rules);
  CHECK(some.changes.size() < 6);
  CHECK(outcomes(all) == std::set<std::string>{"ab", "ac", "bc"});
  CHECK(outcomes(some) == outcomes(all));
}

}  // namespace
}  // namespace switchyard::testing
