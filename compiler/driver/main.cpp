#include <array>
#include <cstdio>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "compiler/diagnostic/did_you_mean.h"
#include "compiler/driver/command.h"

namespace switchyard::driver {
namespace {

struct Command {
  std::string_view name;
  std::string_view summary;
  int (*run)(Arguments);
};

constexpr std::array kCommands = {
    Command{"compile", "compile a policy to a decision table (the default: `policyc FILE`)",
            compile_command},
    Command{"verify", "prove a policy and warn of what is idle, unused or slower than it need be",
            verify_command},
    Command{"eval", "decide one input, or one a line of JSON Lines", eval_command},
    Command{"explain", "why one input is decided so, and what would change it", explain_command},
    Command{"diff", "show what changed between two policies, as regions of their facts", diff_command},
    Command{"history", "show which commits changed what a policy decides", history_command},
    Command{"inspect", "print what a table holds", inspect_command},
    Command{"fmt", "rewrite policies as canonical text", fmt_command},
    Command{"audit", "replay recorded dispatches: what would be decided otherwise", audit_command},
    Command{"coverage", "which rules and boxes recorded dispatches reached", coverage_command},
    Command{"gen-tests", "write an input for every rule, entry and boundary", gen_tests_command},
    Command{"test", "run such inputs again", test_command},
    Command{"new", "write a commented starter policy", new_command},
};

void print_overview(std::FILE* out) {
  fmt::print(out,
             "policyc - compiles kernel dispatch policies to decision tables\n\n"
             "Usage: policyc FILE -o OUT.table\n"
             "       policyc COMMAND [ARGUMENT …]\n\n"
             "Commands:\n");
  for (const Command& command : kCommands) {
    fmt::print(out, "  {:<10} {}\n", command.name, command.summary);
  }
  fmt::print(out,
             "\nExample:\n"
             "  policyc new first.policy\n"
             "  policyc first.policy -o first.table\n"
             "  policyc eval first.table supports_mx=true scheme=w_mxfp4 tokens=8\n\n"
             "`policyc COMMAND --help` explains one command, `policyc --explain CODE` a finding,\n"
             "`policyc --version` prints the version.\n");
}

int run(int argc, char** argv) {
  if (argc < 2) {
    print_overview(stderr);
    return kBadInput;
  }
  const std::string_view first = argv[1];
  if (first == "--help" || first == "-h" || first == "help") {
    if (first == "help" && argc > 2) {
      for (const Command& command : kCommands) {
        if (command.name != argv[2]) continue;
        std::array<char*, 2> values = {argv[2], const_cast<char*>("--help")};
        return command.run({2, values.data()});
      }
    }
    print_overview(stdout);
    return kOk;
  }
  if (first == "--verify") return verify_command({argc - 1, argv + 1});
  if (first == "--explain") return explain_code_command({argc - 1, argv + 1});
  for (const Command& command : kCommands) {
    if (first == command.name) return command.run({argc - 1, argv + 1});
  }
  // A word that is neither a file nor looks like one was meant as a command.
  const bool is_word = first.find_first_of("./-") == std::string_view::npos;
  std::error_code unusable;  // a name that no file can have is not one
  if (is_word && !std::filesystem::exists(first, unusable)) {
    std::vector<std::string> names;
    for (const Command& command : kCommands) names.emplace_back(command.name);
    const std::string meant = did_you_mean_text(first, names);
    fmt::print(stderr, "policyc: no command or file `{}`{}{}\n`policyc --help` lists the commands\n",
               first, meant.empty() ? "" : "; ", meant);
    return kBadInput;
  }
  return compile_command({argc, argv});
}

}  // namespace
}  // namespace switchyard::driver

int main(int argc, char** argv) { return switchyard::driver::run(argc, argv); }
