#pragma once

#include <string>
#include <string_view>

#include "runtime/table/decision.h"
#include "runtime/table/table.h"

namespace switchyard::driver {

// One line of a decision log (docs/log-format.md) without its newline: every fact, the decision, the
// rule, and what the line shows as the member `case`. `decision` is what the table decides for
// `facts`, which are inside their domains; it is a target, a refusal or an exclusion.
std::string log_line(const Table& table, const void* facts, const Decision& decision,
                     std::string_view shows);

}  // namespace switchyard::driver
