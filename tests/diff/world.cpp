#include "tests/diff/world.h"

#include <algorithm>

#include <catch2/catch.hpp>

namespace switchyard::testing {
namespace {

bool covered(const std::vector<Box>& boxes, const Sight& sight) {
  return std::any_of(boxes.begin(), boxes.end(),
                     [&](const Box& box) { return within(box, sight); });
}

bool has_witness(const World& world, const Ends& ends, const diff::Change& change) {
  return std::any_of(world.sights.begin(), world.sights.end(), [&](const Sight& sight) {
    return sight.classes == change.witness && world.in(ends, sight) &&
           within(change.boxes[0], sight);
  });
}

}  // namespace

bool within(const Box& box, const Sight& sight) {
  return std::all_of(box.sides.begin(), box.sides.end(), [&](const Box::Side& side) {
    return side.classes.contains(sight.classes[side.fact]);
  });
}

World::World(const Compared& compared, const diff::Options& chosen, std::vector<Sight> all)
    : both(compared), options(chosen), sights(std::move(all)) {
  for (const Sight& sight : sights) {
    if (!sight.excluded_by_both) admitted += sight.weight;
    if (sight.differs) regions[{sight.old_end, sight.new_end}] += sight.weight;
  }
}

void check_diagrams(const World& world, const diff::Difference& found) {
  INFO(described(world.both, found));
  CHECK(found.equal == world.regions.empty());
  CHECK(found.exact);
  CHECK(found.complete);
  CHECK(found.all_rules);
  REQUIRE(found.total == world.admitted);
  REQUIRE(found.changes.size() == world.regions.size());
  for (const diff::Change& change : found.changes) {
    const Ends ends = ends_of(world.both, change, world.options);
    INFO(ends.first << " -> " << ends.second);
    REQUIRE(world.regions.count(ends) == 1);
    CHECK(change.count == world.regions.at(ends));
    CHECK(change.complete);
    for (const Sight& sight : world.sights) {
      const bool inside = covered(change.boxes, sight);
      if (world.in(ends, sight)) {
        if (!inside) FAIL("a combination of the region is in no box");
      } else if (inside && !sight.excluded_by_both) {
        FAIL("a box contains a combination outside the region");
      }
    }
    REQUIRE(has_witness(world, ends, change));
  }
}

void check_solver(const World& world, const diff::Difference& found) {
  INFO("solver: " << described(world.both, found));
  CHECK(found.equal == world.regions.empty());
  CHECK(found.complete == world.regions.empty());
  CHECK(found.all_rules);
  if (found.total) CHECK(*found.total == world.admitted);
  REQUIRE(found.changes.size() == world.regions.size());
  for (const diff::Change& change : found.changes) {
    const Ends ends = ends_of(world.both, change, world.options);
    INFO(ends.first << " -> " << ends.second);
    REQUIRE(world.regions.count(ends) == 1);
    Count inside = 0;
    for (const Sight& sight : world.sights) {
      if (!covered(change.boxes, sight)) continue;
      if (!world.in(ends, sight)) FAIL("a box contains a combination outside the region");
      inside += sight.weight;
    }
    CHECK(change.count == inside);
    REQUIRE(has_witness(world, ends, change));
  }
}

void check_classes(const World& world, Random& random) {
  std::vector<std::vector<std::int64_t>> combinations;
  for (int i = 0; i < 200; ++i) {
    combinations.push_back(random_codes(world.both.pair.old_model, random));
  }
  for (const Sight& sight : look_at(world.both, world.options, combinations)) {
    std::size_t index = 0;  // the first fact changes fastest
    for (FactId fact = static_cast<FactId>(sight.classes.size()); fact-- > 0;) {
      index = index * world.both.partition.axes[fact].class_count() + sight.classes[fact];
    }
    const Sight& same = world.sights.at(index);
    REQUIRE(same.classes == sight.classes);
    REQUIRE(sight.old_end == same.old_end);
    REQUIRE(sight.new_end == same.new_end);
  }
}

}  // namespace switchyard::testing
