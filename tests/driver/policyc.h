#pragma once

#include <string>
#include <vector>

#include "tests/process/process.h"

namespace switchyard::testing {

inline ProcessResult policyc(std::vector<std::string> arguments, const std::string& input = "",
                             const std::vector<std::string>& environment = {}) {
  arguments.insert(arguments.begin(), POLICYC);
  return run_process(arguments, input, environment);
}

// A policy with every kind of fact, a parameter, a refusal, an assumption and a default.
inline const std::string kPolicy = R"(policy sample
fact mx : bool
fact scheme : enum { w_mxfp4, w_mxfp4_a_fp8 }
fact arch : name { gfx942, gfx950 }
fact tokens : int 1 .. 4096
fact rocm : version 6.0 .. 9.99 = 7.0
fact backends : flags { ck, triton }
fact forced : switch
assume mx implies arch == gfx950
target native { family = aiter }
target packed(block_m : int 16 .. 256 = 64)
target emulated
refuse when forced == on and not mx because "forced, but there is no MX hardware"
native when mx and scheme == w_mxfp4 and backends has ck and rocm >= 7.0
packed(block_m = 16) when tokens <= 16 because "few tokens"
packed when arch == gfx942
emulated otherwise
)";

}  // namespace switchyard::testing
