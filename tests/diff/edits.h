#pragma once

#include <cstddef>
#include <string>

#include "tests/random/random_policy.h"

namespace switchyard::testing {

// One change of a random policy's text, as an author would make it: rules swapped, moved, dropped or
// added, conditions, parameters and reasons changed, targets renamed, facts and assumptions added or
// dropped, domains widened, narrowed and put into another order. Often the result does not resolve.
std::string edited(Random& random, const std::string& text);

// The text after so many edits that it still resolves behind each, or fewer when those are hard to
// find.
std::string edited_often(Random& random, const std::string& text, std::size_t edits);

// A policy of `conjunctive_policy` with another target for so many of its rules.
std::string retargeted(Random& random, const std::string& text, std::size_t rules);

}  // namespace switchyard::testing
