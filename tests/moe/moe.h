#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/process/process.h"

namespace switchyard::moe {

using testing::ProcessResult;
using testing::TemporaryFolder;

// Whether the build has device code for an architecture (SWITCHYARD_DEVICE_ARCHITECTURES).
inline bool has_device_code(const std::string& architecture) {
  return std::string(" " SWITCHYARD_BUILT_ARCHITECTURES " ").find(" " + architecture + " ") !=
         std::string::npos;
}

// Runs the program with these arguments and settings of the environment.
inline ProcessResult moe(std::vector<std::string> arguments,
                         const std::vector<std::string>& environment = {}) {
  arguments.insert(arguments.begin(), SWITCHYARD_MOE);
  return testing::run_process(arguments, "", environment);
}

// The result as JSON; `--json` is added.
inline nlohmann::json moe_json(std::vector<std::string> arguments, int& status,
                               const std::vector<std::string>& environment = {}) {
  arguments.push_back("--json");
  const ProcessResult result = moe(std::move(arguments), environment);
  status = result.status;
  return nlohmann::json::parse(result.out, nullptr, false);
}

// Two kernels, one border that a test may move.
inline std::string small_policy(int border) {
  return "policy small\n"
         "fact scheme : name { w_mxfp4 } from model scheme\n"
         "fact tokens : int 0 .. 4096\n"
         "target packed(block_m : int 1 .. 256 = 64)\n"
         "target emulated\n"
         "refuse when tokens > 4000 because \"too many tokens\"\n"
         "packed(block_m = 16) when tokens <= " +
         std::to_string(border) +
         " because \"few tokens\"\n"
         "emulated otherwise because \"many tokens\"\n";
}

}  // namespace switchyard::moe
