#include <fmt/format.h>

#include "kernels/gpu/kernels.h"
#include "kernels/registry.h"
#include "runtime/moe/command.h"
#include "runtime/moe/output.h"

namespace switchyard::moe {

int capabilities_command(Arguments arguments) {
  CLI::App app(
      "Prints what each kernel of this build can do as `requires` lines of the policy language, so "
      "that a policy can be held against the kernels themselves.",
      "moe capabilities");
  std::string device = "cpu";
  app.add_option("--device", device, "whose kernels: cpu, cuda or hip; none needs to be there")
      ->check(CLI::IsMember({"cpu", "cuda", "hip"}))
      ->capture_default_str();
  describe(app, "  moe capabilities --device hip > kernels.requires");
  if (const auto status = parse_arguments(app, arguments)) return *status;
  bool first = true;
  for (const kernels::Kernel& kernel :
       device == "cpu" ? kernels::cpu_kernels() : kernels::gpu::gpu_kernels(device)) {
    write("{}# {} on {}: {}\n", first ? "" : "\n", kernel.name, kernel.device, kernel.doc);
    first = false;
    for (const kernels::Parameter& parameter : kernel.parameters) {
      write("#   {} : int {} .. {} = {}   {}\n", parameter.name, parameter.low,
            parameter.high, parameter.default_value, parameter.doc);
    }
    for (const kernels::Clause& clause : kernel.capability) {
      write("{} requires {}\n", kernel.name, kernels::to_text(clause));
    }
  }
  return kOk;
}

}  // namespace switchyard::moe
