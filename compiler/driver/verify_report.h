#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "compiler/diagnostic/diagnostic.h"
#include "compiler/diagram/count.h"
#include "compiler/driver/overlap_list.h"
#include "compiler/source/source_file.h"
#include "compiler/verify/accept.h"

namespace switchyard::driver {

// What `verify` says of one file.
struct FileReport {
  std::string file;                   // as the user named it
  SourceMap sources;
  std::vector<Diagnostic> findings;   // those that were not accepted
  std::vector<bool> fails;            // by finding: whether it alone makes the run fail
  std::vector<AcceptedFinding> accepted;
  std::size_t errors = 0, warnings = 0;
  bool failed = false;                // errors, denied warnings, or more warnings than allowed
  std::string unreadable;             // why it could not be looked at; everything else is empty then
  // What was looked at, when the policy was understood.
  bool analysed = false;              // every analysis was made
  std::size_t rules = 0, promises = 0;
  std::optional<Count> admitted, excluded;  // combinations; none beyond the diagrams' budget
  std::vector<std::string> unknown_targets;  // of capabilities
  std::optional<OverlapList> overlaps;       // when asked for and the policy was understood
};

struct VerifyText {
  bool color = false;
  bool overlaps = false;  // asked for
};

// Findings with their source lines, then for each file the list that was asked for and a line that says
// what was proved.
std::string verify_human(const std::vector<FileReport>& reports, const VerifyText& options);

// {"version": 1, "failed": bool, "files": [{"file", "failed", "errors", "warnings", "accepted",
//  "rules", "promises", "combinations", "excluded", "unknown_targets", "overlaps" (if asked for:
//  overlap_list.h, or null), "diagnostics": [as `--error-format=json`]}]}; "unreadable" instead of the rest for a file that could not be read.
// Counts past 2^53 are decimal strings, null where they are not known.
std::string verify_json(const std::vector<FileReport>& reports, const VerifyText& options);

// SARIF 2.1.0 (compiler/diagnostic/sarif.h): a result a finding, accepted ones as suppressed; a file that
// could not be read is a notification of the invocation.
std::string verify_sarif(const std::vector<FileReport>& reports, const std::string& tool_version);

// JUnit's XML: a testsuite a file. A finding is a testcase of its own, failed if it makes the run fail,
// else with its text as `system-out`; each analysis without findings is a testcase that passed, or, where
// errors kept it from being made, was skipped; a file that could not be read is a testcase in error.
std::string verify_junit(const std::vector<FileReport>& reports);

// Commands of GitHub's workflows, a line a finding: "::error file=F,line=1,endLine=1,col=1,endColumn=9,
// title=SY0306 FalseGuarantee::TEXT", then a line of counts that no command can hide in. Columns, the end
// exclusive, are left out where a finding has several lines.
std::string verify_github(const std::vector<FileReport>& reports);

}  // namespace switchyard::driver
