#pragma once

#include <string>
#include <vector>

namespace switchyard::testing {

// One command of a `check.txt` and what it must do.
struct CheckedCommand {
  int line = 0;                          // of the command
  std::vector<std::string> environment;  // NAME=VALUE words before it
  std::vector<std::string> words;        // `policyc` or `moe`, then the arguments
  int status = 0;
  std::vector<std::string> says, never_says;  // of both outputs together
};

struct CheckFile {
  std::string title;  // the first comment line
  std::vector<CheckedCommand> commands;
  std::vector<std::string> problems;  // "line 3: …"; what could not be read
};

// The format of README.md, "check.txt".
CheckFile read_check_file(const std::string& text);

}  // namespace switchyard::testing
