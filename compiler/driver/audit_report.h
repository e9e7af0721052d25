#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "compiler/driver/log_reader.h"
#include "compiler/driver/open_model.h"
#include "compiler/traffic/audit.h"

namespace switchyard::driver {

using UnknownFacts = std::map<std::string, std::uint64_t, std::less<>>;

// What an audit found; everything must outlive it.
struct AuditReport {
  const OpenedModel& policy;
  const Audit& audit;
  const LogProblems& problems;
  const UnknownFacts& unknown;
};

// Groups with their boxes for people.
std::string audit_text(const AuditReport& report);

// {"policy", "table", "lines", "same", "unrecorded", "differing", "unreadable",
//  "groups": [{"recorded", "now": {"outcome", "target", "rule"}, "count", "box": {…},
//              "first_line", "first_text"}], "ungrouped", "problems": [{"message", "count",
//  "first_line"}], "unknown_facts": {name: lines}}
std::string audit_json(const AuditReport& report);

// Lines about what a log holds that could not be used, or nothing. Shared with coverage.
std::string log_problems_text(const LogProblems& problems, const UnknownFacts& unknown);

}  // namespace switchyard::driver
