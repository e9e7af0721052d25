#pragma once

#include <optional>
#include <string>

#include "runtime/base/error.h"
#include "runtime/cli/app.h"

// The commands of moe. Each parses its own arguments, prints results to standard output and
// everything else to standard error, and returns the process's exit status.
namespace switchyard::moe {

inline constexpr int kOk = 0;
inline constexpr int kRefused = 1;   // refused or excluded by the policy; or --check failed
inline constexpr int kBadInput = 2;  // unusable arguments, policies, models, environment

struct Arguments {
  int count;
  char** values;  // values[0] is the command's name
};

int facts_command(Arguments arguments);
int route_command(Arguments arguments);
int run_command(Arguments arguments);
int bench_command(Arguments arguments);
int make_model_command(Arguments arguments);
int capabilities_command(Arguments arguments);
int kernels_command(Arguments arguments);

// What every command's --version prints: "moe 0.1.0 (git abc1234), table format 1.0".
std::string version_text();

// Prints the version; kBadInput after a message when `arguments` hold anything but --version.
int answer_version(Arguments arguments);

// Adds --version and the text behind the options: an example, and what the exit status means.
void describe(CLI::App& app, const std::string& example);

// Parses; nothing when the command shall run, else the exit status: kOk after --help or --version,
// kBadInput after a message about arguments.
std::optional<int> parse_arguments(CLI::App& app, Arguments arguments);

// Prints every line of the error after "moe: "; returns kBadInput.
int report_error(const Error& error);

}  // namespace switchyard::moe
