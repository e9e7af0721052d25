#pragma once

#include <string>

#include "compiler/driver/audit_report.h"
#include "compiler/driver/open_model.h"
#include "compiler/traffic/coverage.h"

namespace switchyard::driver {

// What traffic reached; everything must outlive it.
struct CoverageReport {
  const OpenedModel& policy;
  const Coverage& coverage;
  const LogProblems& problems;
  const UnknownFacts& unknown;
};

// Targets and rules with their counts; what was never reached.
std::string coverage_text(const CoverageReport& report);

// {"policy", "table", "decisions", "excluded": [{"assumption", "count"}], "targets": [{"target",
//  "count"}], "rules": [{"rule", "text", "count", "entries": [{"outcome", "count", "size", "exact",
//  "complete", "elsewhere", "boxes": [{"box": {…}, "count"}]}]}], "reached", "unreached",
//  "problems", "unknown_facts"}
std::string coverage_json(const CoverageReport& report);

// The policy's files, each line behind its count: "-" where nothing is counted, "#####" where
// nothing came.
std::string coverage_source(const CoverageReport& report);

// Rules that nothing reached.
std::size_t unreached_rules(const CoverageReport& report);

}  // namespace switchyard::driver
