#pragma once

#include <cstdint>

#include "kernels/mx/bf16.h"

// The argument of the executor's test kernels.
namespace switchyard::kernels::device {

struct TestArgument {
  const Bf16* a;
  const Bf16* b;
  float* out;
  std::uint32_t* counts;
  std::uint32_t number;
};

}  // namespace switchyard::kernels::device
