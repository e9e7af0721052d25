#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "kernels/moe/scheme.h"
#include "runtime/bench/ceilings/ceilings.h"

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

// Whether every element of both sides is an integer of 8 bits times a power of two that the format
// has once: fp4 twice itself, fp6 e2m3 eight times. e3m2 needs 10 bits.
inline bool fits_int8(kernels::Scheme scheme) {
  using kernels::ActivationFormat;
  using kernels::WeightFormat;
  const kernels::SchemeInfo& formats = info(scheme);
  return formats.weight != WeightFormat::mxfp6_e3m2 &&
         (formats.activation == ActivationFormat::mxfp4 ||
          formats.activation == ActivationFormat::mxfp6_e2m3);
}

// The same of the rates that a CPU was measured to have. All elements are exact in bf16 and f32.
inline MatrixRate matrix_rate_of(const std::vector<ProductRate>& rates, kernels::Scheme scheme) {
  MatrixRate best;
  for (const ProductRate& rate : rates) {
    if (rate.operands == Operands::int8 && !fits_int8(scheme)) continue;
    if (rate.rate > best.flops) best = {rate.rate, rate.name + ", measured here"};
  }
  return best;
}

}  // namespace switchyard::bench
