#pragma once

#include <optional>
#include <string>
#include <vector>

#include "runtime/cli/app.h"

// The commands of policyc. Each parses its own arguments, prints results to standard output and
// everything else to standard error, and returns the process's exit status.
namespace switchyard::driver {

// Exit statuses, the same for every command.
inline constexpr int kOk = 0;
inline constexpr int kFindings = 1;  // the policy has errors; eval: refused or excluded; fmt --check
inline constexpr int kBadInput = 2;  // unusable arguments, unreadable files

struct Arguments {
  int count;
  char** values;  // values[0] is the program or command name
};

int compile_command(Arguments arguments);
int eval_command(Arguments arguments);
int explain_command(Arguments arguments);
int explain_code_command(Arguments arguments);  // `policyc --explain`
int diff_command(Arguments arguments);
int history_command(Arguments arguments);
int inspect_command(Arguments arguments);
int fmt_command(Arguments arguments);
int new_command(Arguments arguments);
int verify_command(Arguments arguments);
int audit_command(Arguments arguments);
int coverage_command(Arguments arguments);
int gen_tests_command(Arguments arguments);
int test_command(Arguments arguments);

// What every command's --version prints: "policyc 0.1.0 (git abc1234), table format 1.0".
std::string version_text();

// Adds --version and the example to `app`.
void describe(CLI::App& app, const std::string& example);

// Of an option's value: an empty text, which a shell makes of an unset variable, is an error and not the
// same as no option.
CLI::Validator not_empty();

// Parses; nothing when the command shall run, else the exit status: kOk after --help or --version,
// kBadInput after a message when arguments are unusable or standard output takes no more. `first`:
// options that policyc knows in the place of a command alone, for messages.
std::optional<int> parse_arguments(CLI::App& app, Arguments arguments,
                                   const std::vector<std::string>& first = {});

}  // namespace switchyard::driver
