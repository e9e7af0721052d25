#pragma once

#include <string>

#include "runtime/table/sections.h"

namespace switchyard {

// Checks everything inside the sections that deciding and explaining rely on: indices, ranges,
// monotone bounds, acyclic nodes, formulas and clauses, leaves and classes in range. Returns an empty string, or
// what is wrong. Linear in the size of the table.
std::string check_policy(const Sections& table);   // the FlatBuffer
std::string check_engines(const Sections& table);  // the arrays; after check_policy

}  // namespace switchyard
