#pragma once

#include <string>

#include "tests/random/random_policy.h"

namespace switchyard::testing {

// The policy with one condition or rule written in another way that means the same: De Morgan,
// `implies` as `or`, a comparison negated twice, a range in two parts; a rule as two rules, one for where
// another rule's condition holds and one for where it does not, in either order; two rules with
// one outcome swapped. The same text where the place chosen has no other way. `text` has to resolve.
std::string rewritten(Random& random, const std::string& text);

}  // namespace switchyard::testing
