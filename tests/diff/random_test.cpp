// Differences of random policies and edits of them equal what the oracle says of every combination,
// with both engines.
#include <algorithm>
#include <map>
#include <set>

#include <catch2/catch.hpp>

#include "compiler/diff/engines.h"
#include "compiler/parse/parse.h"
#include "compiler/sema/resolve.h"
#include "tests/diff/brute_force.h"
#include "tests/diff/edits.h"

namespace switchyard::testing {
namespace {

bool resolves(const std::string& text) {
  SourceMap sources;
  DiagnosticSink sink;
  const FileId root = sources.add("test.policy", text);
  const ast::Policy policy = parse_policy(sources, root, sink);
  return !sink.has_errors() && resolve(policy, sources, sink).has_value();
}

bool within(const Compared& both, const Box& box, const Sight& sight) {
  return std::all_of(box.sides.begin(), box.sides.end(), [&](const Box::Side& side) {
    return side.classes.contains(both.partition.axes[side.fact].class_of(sight.codes[side.fact]));
  });
}

using Ends = std::pair<std::string, std::string>;

struct World {
  const Compared& both;
  std::vector<Sight> sights;
  std::map<Ends, std::size_t> regions;  // sizes
  std::size_t admitted = 0;

  World(const Compared& compared, const diff::Options& options)
      : both(compared), sights(look_at_all(compared, options)) {
    for (const Sight& sight : sights) {
      admitted += sight.excluded_by_both ? 0 : 1;
      if (sight.old_outcome != sight.new_outcome) ++regions[{sight.old_end, sight.new_end}];
    }
  }
  bool in(const Ends& ends, const Sight& sight) const {
    return sight.old_outcome != sight.new_outcome && sight.old_end == ends.first &&
           sight.new_end == ends.second;
  }
  bool has_witness(const Ends& ends, const diff::Change& change) const {
    return std::any_of(sights.begin(), sights.end(), [&](const Sight& sight) {
      for (FactId fact = 0; fact < sight.codes.size(); ++fact) {
        if (both.partition.axes[fact].class_of(sight.codes[fact]) != change.witness[fact]) {
          return false;
        }
      }
      return in(ends, sight) && within(both, change.boxes[0], sight);
    });
  }
};

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
        if (!within(world.both, slab, sight)) continue;
        right = right && may(sight);
        more = more || world.in(ends, sight);
      }
      if (right && more) return false;
    }
  }
  return true;
}

void check_diagrams(const World& world, const diff::Options& options) {
  const Compared& both = world.both;
  const auto found = diff::compare_diagrams(both.pair, both.partition, options);
  REQUIRE(found);
  INFO(described(both, *found));
  CHECK(found->equal == world.regions.empty());
  CHECK(found->exact);
  CHECK(found->complete);
  CHECK(found->all_rules);
  REQUIRE(found->total == world.admitted);
  REQUIRE(found->changes.size() == world.regions.size());
  for (const diff::Change& change : found->changes) {
    const Ends ends = ends_of(both, change, options);
    INFO(ends.first << " -> " << ends.second);
    REQUIRE(world.regions.count(ends) == 1);
    CHECK(change.count == world.regions.at(ends));
    CHECK(change.complete);
    for (const Sight& sight : world.sights) {
      const bool covered = std::any_of(change.boxes.begin(), change.boxes.end(),
                                       [&](const Box& box) { return within(both, box, sight); });
      if (world.in(ends, sight)) REQUIRE(covered);
      else if (covered) REQUIRE(sight.excluded_by_both);
    }
    REQUIRE(world.has_witness(ends, change));
    for (const Box& box : change.boxes) {
      REQUIRE(is_maximal(world, ends, box, [&](const Sight& sight) {
        return sight.excluded_by_both || world.in(ends, sight);
      }));
    }
  }
}

void check_solver(const World& world, const diff::Options& options) {
  const Compared& both = world.both;
  const diff::Difference found = diff::compare_solver(both.pair, both.partition, options);
  INFO("solver: " << described(both, found));
  CHECK(found.equal == world.regions.empty());
  CHECK(found.complete == world.regions.empty());
  CHECK(found.all_rules);
  if (found.total) CHECK(*found.total == world.admitted);
  REQUIRE(found.changes.size() == world.regions.size());
  const bool plain = both.old_model.blocks.size() == 1 && both.new_model.blocks.size() == 1;
  for (const diff::Change& change : found.changes) {
    const Ends ends = ends_of(both, change, options);
    INFO(ends.first << " -> " << ends.second);
    REQUIRE(world.regions.count(ends) == 1);
    std::size_t inside = 0;
    for (const Sight& sight : world.sights) {
      const bool covered = std::any_of(change.boxes.begin(), change.boxes.end(),
                                       [&](const Box& box) { return within(both, box, sight); });
      if (covered) REQUIRE(world.in(ends, sight));
      inside += covered ? 1 : 0;
    }
    CHECK(change.count == inside);
    REQUIRE(world.has_witness(ends, change));
    // Where a change is one pair of rows and no decision is held fixed, nothing can be added.
    const bool one_pair = change.from.rows.size() + change.from.assumptions.size() <= 1 &&
                          change.to.rows.size() + change.to.assumptions.size() <= 1;
    if (!plain || !one_pair) continue;
    REQUIRE(is_maximal(world, ends, change.boxes[0],
                       [&](const Sight& sight) { return world.in(ends, sight); }));
  }
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
    std::string after = before;
    for (std::size_t edits = random() % 7, tries = 0; edits > 0 && tries < 40; ++tries) {
      const std::string next = edited(random, after);
      if (next == after || !resolves(next)) continue;
      after = next;
      --edits;
    }
    const bool back = random() % 2 == 0;
    const auto both = back ? compared(after, before) : compared(before, after);
    INFO((back ? "new:\n" : "old:\n") << before << (back ? "old:\n" : "new:\n") << after);
    diff::Options options;
    options.max_boxes = 1000;
    options.attribute = "family";
    for (const auto compare :
         {diff::Options::Compare::kOutcome, diff::Options::Compare::kAttribute}) {
      options.compare = compare;
      const World world(*both, options);
      if (world.sights.size() > 4000) break;
      check_diagrams(world, options);
      check_solver(world, options);
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
