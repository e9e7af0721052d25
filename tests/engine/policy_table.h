#pragma once

#include <string>

#include "runtime/table/table.h"

namespace switchyard {

// The table of a policy given as text, through every stage of the compiler; fails the test if the
// policy is wrong.
Table table_of(const std::string& policy);

}  // namespace switchyard
