#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "tests/process/process.h"

namespace switchyard::testing {

// `policyc diff` with these arguments, in `folder`.
inline ProcessResult policy_diff(std::vector<std::string> arguments, const std::string& input = "",
                                 const std::string& folder = ".") {
  arguments.insert(arguments.begin(), {POLICYC, "diff"});
  return run_process(arguments, input, {}, folder);
}

inline nlohmann::json json_diff(std::vector<std::string> arguments) {
  arguments.push_back("--format=json");
  return nlohmann::json::parse(policy_diff(arguments).out);
}

// 2 x 3 x 64 combinations.
inline const std::string kFacts = R"(
fact mx : bool
fact scheme : enum { a, b, c }
fact tokens : int 1 .. 64
target native { family = fast }
target packed(block_m : int 16 .. 256 = 64) { family = fast }
target emulated { family = slow }
faster native over packed over emulated
)";

inline const std::string kOld = "policy old" + kFacts + R"(
refuse when scheme == c and not mx because "no kernel"
native when mx and scheme in <a, b> because "fast"
packed when tokens <= 16
emulated otherwise
)";

// native -> emulated on mx, b: 64; native -> packed on mx, a, tokens > 32: 32; refused -> emulated: 64.
inline const std::string kNew = "policy new" + kFacts + R"(
emulated when scheme == c and not mx
emulated when mx and scheme == b because "broken | `today`"
packed when mx and scheme == a and tokens > 32
native when mx and scheme in <a, b> because "fast"
packed when tokens <= 16
emulated otherwise
)";

struct Policies {
  TemporaryFolder folder;
  std::string old_path = folder.write("old.policy", kOld);
  std::string new_path = folder.write("new.policy", kNew);
};

}  // namespace switchyard::testing
