#pragma once

#include <cstdint>
#include <vector>

#include "runtime/decide/truth.h"
#include "runtime/decide/why.h"
#include "runtime/table/view.h"

namespace switchyard {

// Adds the smallest parts of a `requires` line (index into the table's requirements) that do not
// hold: of a conjunction its parts, else the whole. Nothing when it holds.
void add_failed_requirement(const TableView& table, std::uint32_t requirement, const Truth& truth,
                            std::vector<FailedPart>& failed);

// The same of a rule's condition; `location` is the rule's.
void add_failed_condition(const TableView& table, std::uint32_t rule, const Truth& truth,
                          std::vector<FailedPart>& failed);

}  // namespace switchyard
