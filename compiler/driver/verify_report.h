#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "compiler/diagnostic/diagnostic.h"
#include "compiler/diagram/count.h"
#include "compiler/source/source_file.h"

namespace switchyard::driver {

// What `verify` says of one file.
struct FileReport {
  std::string file;                   // as the user named it
  SourceMap sources;
  std::vector<Diagnostic> findings;   // those that were not accepted
  std::size_t errors = 0, warnings = 0, accepted = 0;
  bool failed = false;                // errors, denied warnings, or more warnings than allowed
  std::string unreadable;             // why it could not be looked at; everything else is empty then
  // What was looked at, when the policy was understood.
  std::size_t rules = 0, promises = 0;
  std::optional<Count> admitted, excluded;  // combinations; none beyond the diagrams' budget
  std::vector<std::string> unknown_targets;  // of capabilities
};

struct VerifyText {
  bool color = false;
};

// Findings with their source lines, then a line a file that says what was proved.
std::string verify_human(const std::vector<FileReport>& reports, const VerifyText& options);

// {"version": 1, "failed": bool, "files": [{"file", "failed", "errors", "warnings", "accepted",
//  "rules", "promises", "combinations", "excluded", "unknown_targets", "diagnostics": [as
//  `--error-format=json`]}]}; "unreadable" instead of the rest for a file that could not be read.
// Counts past 2^53 are decimal strings, null where they are not known.
std::string verify_json(const std::vector<FileReport>& reports);

}  // namespace switchyard::driver
