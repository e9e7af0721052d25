#include <array>
#include <cstdio>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "compiler/diagnostic/did_you_mean.h"
#include "compiler/driver/command.h"
#include "compiler/driver/output.h"

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

std::string overview() {
  std::string text =
      "policyc - compiles kernel dispatch policies to decision tables\n\n"
      "Usage: policyc FILE -o OUT.table\n"
      "       policyc COMMAND [ARGUMENT …]\n\n"
      "Commands:\n";
  for (const Command& command : kCommands) {
    text += fmt::format("  {:<10} {}\n", command.name, command.summary);
  }
  return text +
         "\nExample:\n"
         "  policyc new first.policy\n"
         "  policyc first.policy -o first.table\n"
         "  policyc eval first.table supports_mx=true scheme=w_mxfp4 tokens=8\n\n"
         "`policyc COMMAND --help` explains one command, `policyc --explain CODE` a finding,\n"
         "`policyc --version` prints the version.\n";
}

const Command* find_command(std::string_view name) {
  for (const Command& command : kCommands) {
    if (command.name == name) return &command;
  }
  return nullptr;
}

// "; did you mean `eval`?", or nothing when no command is near.
std::string hint(std::string_view name) {
  std::vector<std::string> names;
  for (const Command& command : kCommands) names.emplace_back(command.name);
  const std::string meant = did_you_mean_text(name, names);
  return meant.empty() ? "" : "; " + meant;
}

int refuse(const std::string& message) {
  print_error("policyc: {}\n`policyc --help` lists the commands\n", message);
  return kBadInput;
}

// `policyc help [COMMAND]`, values[0] being "help" or "--help".
int help(Arguments arguments) {
  if (arguments.count < 2) return write_out(overview()) ? kOk : kBadInput;
  if (arguments.count > 2) {
    return refuse(fmt::format("help is given for one command; leave out `{}`", arguments.values[2]));
  }
  const Command* command = find_command(arguments.values[1]);
  if (command == nullptr) {
    return refuse(fmt::format("no command `{0}`{1}", arguments.values[1], hint(arguments.values[1])));
  }
  std::array<char*, 2> values = {arguments.values[1], const_cast<char*>("--help")};
  return command->run({2, values.data()});
}

// A word that is neither a file nor looks like one was meant as a command.
bool is_meant_as_command(std::string_view word) {
  std::error_code unusable;  // a name that no file can have is not one
  return !word.starts_with('-') && word.find_first_of("./") == std::string_view::npos &&
         !std::filesystem::exists(word, unusable);
}

int run(int argc, char** argv) {
  if (argc < 2) {
    print_error("{}", overview());
    return kBadInput;
  }
  const Arguments rest = {argc - 1, argv + 1};
  const std::string_view first = argv[1];
  if (first == "--help" || first == "-h" || first == "help") return help(rest);
  if (first == "--verify") return verify_command(rest);
  if (first == "--explain") return explain_code_command(rest);
  if (const Command* command = find_command(first)) return command->run(rest);
  if (is_meant_as_command(first)) {
    return refuse(fmt::format("no command or file `{}`{}", first, hint(first)));
  }
  return compile_command({argc, argv});
}

}  // namespace
}  // namespace switchyard::driver

int main(int argc, char** argv) { return switchyard::driver::run(argc, argv); }
