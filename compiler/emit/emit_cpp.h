#pragma once

#include <string>

#include "runtime/table/table.h"

namespace switchyard {

// A C++20 header for programs that ask this table: a struct of its facts in the layout that `decide`
// reads, an enum class for each enum, name and switch fact, constants for flags, checked offsets,
// and the table's hash. Needs only the installed runtime.
std::string emit_cpp(const Table& table);

}  // namespace switchyard
