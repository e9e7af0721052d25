#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <string>
#include <vector>

#include "kernels/gpu/kernels.h"
#include "kernels/registry.h"
#include "kernels/statement.h"
#include "runtime/moe/command.h"
#include "runtime/moe/output.h"

namespace switchyard::moe {
namespace {

std::vector<kernels::Kernel> kernels_of(const std::string& device) {
  return device == "cpu" ? kernels::cpu_kernels() : kernels::gpu::gpu_kernels(device);
}

// The kernels of all these devices, those of one name side by side, names in order of appearance.
std::vector<std::vector<kernels::Kernel>> by_name(const std::vector<std::string>& devices) {
  std::vector<std::vector<kernels::Kernel>> names;
  for (const std::string& device : devices) {
    for (kernels::Kernel& kernel : kernels_of(device)) {
      auto same = names.begin();
      while (same != names.end() && same->front().name != kernel.name) ++same;
      if (same == names.end()) same = names.emplace(same);
      same->push_back(std::move(kernel));
    }
  }
  return names;
}

// What is said of a kernel but not to be proved: as comments.
std::string description(const kernels::Kernel& kernel) {
  std::string text = fmt::format(": {}\n", kernel.doc);
  for (const kernels::Parameter& parameter : kernel.parameters) {
    text += fmt::format("#   {} : int {} .. {} = {}   {}\n", parameter.name, parameter.low,
                        parameter.high, parameter.default_value, parameter.doc);
  }
  return text;
}

// Kernels of one name; devices whose kernels are described in the same words share the comment.
void print_comments(const std::vector<kernels::Kernel>& same_name) {
  for (std::size_t i = 0; i < same_name.size();) {
    const std::string text = description(same_name[i]);
    std::string devices;
    for (; i < same_name.size() && description(same_name[i]) == text; ++i) {
      devices += (devices.empty() ? "" : ", ") + same_name[i].device;
    }
    write("# {} on {}{}", same_name.front().name, devices, text);
  }
}

}  // namespace

int capabilities_command(Arguments arguments) {
  CLI::App app(
      "Prints what each kernel of this build can do as `requires` lines of the policy language, so "
      "that a policy can be held against the kernels themselves: one statement over all devices, "
      "or that of one.",
      "moe capabilities");
  std::string device;
  app.add_option("--device", device,
                 "only this one's kernels: cpu, cuda or hip; it need not be there")
      ->check(CLI::IsMember({"cpu", "cuda", "hip"}));
  describe(app,
           "  moe capabilities | policyc verify --capabilities - policies/switchyard.policy\n"
           "  moe capabilities --device hip > hip.requires");
  if (const auto status = parse_arguments(app, arguments)) return *status;
  const std::vector<std::string> all = {"cpu", "cuda", "hip"};
  bool first = true;
  for (const auto& same_name : by_name(device.empty() ? all : std::vector{device})) {
    if (!first) write("\n");
    first = false;
    print_comments(same_name);
    for (const kernels::GuardedClause& clause : kernels::statement(same_name)) {
      write("{} requires {}\n", same_name.front().name, kernels::to_text(clause));
    }
  }
  return kOk;
}

}  // namespace switchyard::moe
