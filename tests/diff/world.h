#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "tests/diff/brute_force.h"
#include "tests/random/random_policy.h"

namespace switchyard::testing {

// The names of a change's ends, see `ends_of`.
using Ends = std::pair<std::string, std::string>;

bool within(const Box& box, const Sight& sight);

// What a difference has to be, from sights of all combinations.
struct World {
  const Compared& both;
  const diff::Options& options;
  std::vector<Sight> sights;
  std::map<Ends, Count> regions;  // sizes of what differs
  Count admitted = 0;             // by either side

  World(const Compared& compared, const diff::Options& chosen, std::vector<Sight> all);

  bool in(const Ends& ends, const Sight& sight) const {
    return sight.differs && sight.old_end == ends.first && sight.new_end == ends.second;
  }
};

// REQUIREs that the diagrams' difference is exactly the world's: the same regions from and to the same
// ends with the same sizes, their boxes together each region and nothing that either side admits
// outside it, witnesses in them.
void check_diagrams(const World& world, const diff::Difference& found);

// REQUIREs that the solver's difference names the world's regions, with boxes inside them, counts of
// what the boxes contain, and witnesses.
void check_solver(const World& world, const diff::Difference& found);

// REQUIREs of combinations at random that the oracle says the same of them as of the sight of their
// classes, of a world of all combinations of classes.
void check_classes(const World& world, Random& random);

}  // namespace switchyard::testing
