#include <fmt/format.h>

#include <array>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/decide/fact_value.h"
#include "runtime/moe/command.h"
#include "runtime/moe/output.h"

namespace switchyard::moe {
namespace {

struct Command {
  std::string_view name;
  std::string_view summary;
  int (*run)(Arguments);
};

constexpr std::array kCommands = {
    Command{"facts", "what this machine and a model tell a policy", facts_command},
    Command{"route", "which kernel each layer of a model gets, and why", route_command},
    Command{"run", "run one layer through the kernel that the policy picks", run_command},
    Command{"bench", "time a layer's kernels beside what the machine allows", bench_command},
    Command{"make-model", "write a small model in a real checkpoint's format", make_model_command},
    Command{"capabilities", "what the kernels can do, as `requires` lines", capabilities_command},
    Command{"kernels", "the GPU kernels of this build, or their code objects", kernels_command},
};

void print_overview(std::FILE* out) {
  write(out,
        "moe - mixture-of-experts layers, run by the kernel that a policy picks\n\n"
        "Usage: moe COMMAND [ARGUMENT …]\n\n"
        "Commands:\n");
  for (const Command& command : kCommands) {
    write(out, "  {:<13} {}\n", command.name, command.summary);
  }
  write(out,
        "\nExample:\n"
        "  moe make-model small --type qwen3_moe --scheme w_mxfp4_a_mxfp4\n"
        "  moe route --policy policies/switchyard.policy --model small\n"
        "  moe run --policy policies/switchyard.policy --model small --layer 0 --tokens 16 "
        "--check\n\n"
        "`moe COMMAND --help` explains one command, `moe --version` prints the version.\n");
}

const Command* find_command(std::string_view name) {
  for (const Command& command : kCommands) {
    if (command.name == name) return &command;
  }
  return nullptr;
}

int refuse(const std::string& message) {
  write(stderr, "moe: {}\n`moe --help` lists the commands\n", message);
  return kBadInput;
}

int refuse_command(std::string_view name) {
  std::vector<std::string> names;
  for (const Command& command : kCommands) names.emplace_back(command.name);
  return refuse(fmt::format("there is no command `{}`{}", name, nearest(name, names)));
}

// `moe help [COMMAND]`, values[0] being "help" or "--help".
int help(Arguments arguments) {
  if (arguments.count < 2) {
    print_overview(stdout);
    return kOk;
  }
  if (arguments.count > 2) {
    return refuse(fmt::format("help is given for one command; leave out `{}`", arguments.values[2]));
  }
  const Command* command = find_command(arguments.values[1]);
  if (command == nullptr) return refuse_command(arguments.values[1]);
  std::array<char*, 2> values = {arguments.values[1], const_cast<char*>("--help")};
  return command->run({2, values.data()});
}

int run(int argc, char** argv) {
  if (argc < 2) {
    print_overview(stderr);
    return kBadInput;
  }
  const std::string_view first = argv[1];
  if (first == "--version") return answer_version({argc, argv});
  if (first == "--help" || first == "-h" || first == "help") return help({argc - 1, argv + 1});
  const Command* command = find_command(first);
  return command == nullptr ? refuse_command(first) : command->run({argc - 1, argv + 1});
}

}  // namespace
}  // namespace switchyard::moe

int main(int argc, char** argv) {
  return switchyard::moe::finish_output(switchyard::moe::run(argc, argv));
}
