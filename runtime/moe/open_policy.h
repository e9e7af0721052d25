#pragma once

#include <string>

#include "runtime/base/error.h"
#include "runtime/table/table.h"

namespace switchyard::moe {

// Opens a table; a file that is none is a policy, and is compiled to a table in a folder of its own
// first, which is gone when this returns. `policyc` is looked for beside this program, then on the
// PATH; its own messages about the policy go to standard error. Fails if there is no such file, if
// there is no policyc, or if it does not accept the policy.
Expected<Table> open_policy(const std::string& path);

}  // namespace switchyard::moe
