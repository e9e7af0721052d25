#pragma once

#include <string>

#include "runtime/table/sections.h"

namespace switchyard {

// Checks everything inside the sections that deciding and explaining rely on: indices, ranges,
// monotone bounds, acyclic nodes, formulas and clauses, leaves and classes in range. Returns an empty string, or
// what is wrong. Linear in the size of the table.
std::string check_policy(const Sections& table);   // the FlatBuffer, check_sharing included

// That names, texts of facts and ranges of arrays do not lie on top of one another, as those that
// policyc writes never do: else a small file could make its reader copy, or look through, any amount.
// Structs must be aligned, nothing else be checked. Linear, whatever the table says.
std::string check_sharing(const Sections& table);
std::string check_engines(const Sections& table);  // the arrays; after check_policy

}  // namespace switchyard
