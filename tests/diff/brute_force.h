#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "tests/diff/compared.h"

namespace switchyard::testing {

// What the oracle says of one combination of the united facts, on either side. It shares nothing
// with `align` but the order of the facts and the codes of the united ones.
struct Sight {
  std::vector<std::int64_t> codes;  // by declared fact of the pair
  std::vector<ClassId> classes;     // the same as classes
  Count weight = 1;                 // of how many combinations this is said
  std::string old_outcome, new_outcome;  // as compared; equal texts are equal outcomes
  std::string old_end, new_end;          // outcome and who is behind it: how changes are grouped
  bool differs = false;          // in outcome
  bool excluded_by_both = false;
};
// Every combination of codes.
std::vector<Sight> look_at_all(const Compared& both, const diff::Options& options);
// Every combination of classes once, at their smallest codes: for domains too large to try. That
// classes are what no condition tells apart is left to the tests of `partition`.
std::vector<Sight> look_at_classes(const Compared& both, const diff::Options& options);
// These combinations.
std::vector<Sight> look_at(const Compared& both, const diff::Options& options,
                           const std::vector<std::vector<std::int64_t>>& combinations);

// The name of a change's ends as in `Sight::old_end` and `new_end`.
std::pair<std::string, std::string> ends_of(const Compared& both, const diff::Change& change,
                                            const diff::Options& options);

}  // namespace switchyard::testing
