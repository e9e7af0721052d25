#pragma once

#include <string>

#include "tests/random/random_policy.h"

namespace switchyard::testing {

// One change of a random policy's text, as an author would make it: rules swapped, moved, dropped or
// added, conditions, parameters and reasons changed, targets renamed, facts and assumptions added or
// dropped, domains widened, narrowed and put into another order. Often the result does not resolve.
std::string edited(Random& random, const std::string& text);

}  // namespace switchyard::testing
