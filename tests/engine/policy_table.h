#pragma once

#include <string>

#include "runtime/table/table.h"

namespace switchyard {

// The table of a policy given as text, through the stages that build one, unverified; fails the test
// if a stage reports an error.
Table table_of(const std::string& policy);

}  // namespace switchyard
