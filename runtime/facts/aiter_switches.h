#pragma once

#include <vector>

#include "runtime/base/error.h"
#include "runtime/facts/environment.h"
#include "runtime/facts/provided.h"

namespace switchyard::facts {

// The switches that facts without a `from` may be matched with, with vLLM's own defaults for a
// variable that is not set:
//   use_aiter      VLLM_ROCM_USE_AITER      off
//   use_aiter_moe  VLLM_ROCM_USE_AITER_MOE  on
//   aiter          both
// Values: `1 true on yes` and `0 false off no` in any case, with or without spaces around;
// another is an error that names the variable.
Expected<std::vector<Provided>> environment_facts(const Environment& environment);

}  // namespace switchyard::facts
