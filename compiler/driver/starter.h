#pragma once

#include <string>
#include <string_view>

namespace switchyard::driver {

// The policy that `policyc new` writes. `name` becomes its `policy` line, with characters that an
// identifier cannot have turned into `_`; a name that cannot be one at all becomes `moe`.
std::string starter_policy(std::string_view name);

}  // namespace switchyard::driver
