#pragma once

#include <string>
#include <string_view>

#include "kernels/moe/scheme.h"

namespace switchyard::bench {

// Flops a second of a machine's matrix instructions, and who says so.
struct MatrixRate {
  double flops = 0;  // 0 if unknown
  std::string source;
};

// The fastest instruction whose operands hold a scheme's weights and activations exactly.
inline MatrixRate matrix_rate_of(std::string_view architecture, kernels::Scheme scheme) {
  const kernels::ActivationFormat activation = info(scheme).activation;
  if (architecture == "sm_90a") {
    return {705e12, "bf16, measured on an H200 over seconds (a burst reaches 810)"};
  }
  if (architecture == "gfx942") return {1307e12, "bf16, datasheet of the MI300X"};
  if (architecture == "gfx950" && activation == kernels::ActivationFormat::bf16) {
    return {2.5e15, "bf16, datasheet of the MI355X"};
  }
  if (architecture == "gfx950" && activation == kernels::ActivationFormat::fp8) {
    return {5.0e15, "fp8, datasheet of the MI355X"};
  }
  if (architecture == "gfx950") return {10.1e15, "fp4 and fp6, datasheet of the MI355X"};
  return {0, "their rate is unknown, so the floor is that of memory alone; --matrix-rate gives it"};
}

}  // namespace switchyard::bench
