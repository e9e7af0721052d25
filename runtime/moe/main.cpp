#include <fmt/format.h>

#include <array>
#include <cstdio>
#include <string_view>

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

int run(int argc, char** argv) {
  if (argc < 2) {
    print_overview(stderr);
    return kBadInput;
  }
  const std::string_view first = argv[1];
  if (first == "--version") {
    write("{}\n", version_text());
    return kOk;
  }
  if (first == "--help" || first == "-h" || first == "help") {
    print_overview(stdout);
    return kOk;
  }
  for (const Command& command : kCommands) {
    if (first == command.name) return command.run({argc - 1, argv + 1});
  }
  write(stderr, "moe: there is no command `{}`\n`moe --help` lists the commands\n", first);
  return kBadInput;
}

}  // namespace
}  // namespace switchyard::moe

int main(int argc, char** argv) {
  return switchyard::moe::finish_output(switchyard::moe::run(argc, argv));
}
