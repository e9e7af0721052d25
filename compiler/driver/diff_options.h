#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/diff/diff.h"
#include "compiler/driver/command.h"
#include "compiler/driver/load.h"
#include "compiler/driver/report.h"

namespace switchyard::driver {

struct DiffOptions {
  std::string old_path, new_path;
  diff::Options compare;
  std::vector<std::string> fail_on;
  std::string expect, write_expect;  // files; empty: not asked for
  std::string region;                // a condition; empty: everywhere
  std::string format = "human";
  bool git_driver = false;
  std::vector<std::string> driver_arguments;  // what git gave
  ReportOptions report;
};

// Parses; nothing when the command shall run, else the exit status.
std::optional<int> parse_diff_arguments(Arguments arguments, DiffOptions& options);

// Compares two models and prints; the exit status.
int compare_and_report(const DiffOptions& options, Loaded& old_side, Loaded& new_side);

// `git diff` with this as its external driver (gitattributes(5)): prints, and always 0, so that git
// goes on to the next file.
int run_git_driver(const DiffOptions& options);

}  // namespace switchyard::driver
