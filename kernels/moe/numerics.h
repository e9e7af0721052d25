#pragma once

#include "kernels/moe/scheme.h"

// What a kernel rounds, stated by the kernel, so that its error bound can be derived rather than
// chosen (kernels/reference/reference.h has the derivation).
namespace switchyard::kernels {

// Unit roundoffs, round to nearest.
inline constexpr double kUnitFloat = 0x1p-24;
inline constexpr double kUnitBf16 = 0x1p-8;

// What is exact and so not here: MX weights and MX activations as bf16, fp8 elements as bf16 (their
// static scale multiplies the accumulator).
struct Numerics {
  // Products and sums of both matrix products.
  double accumulator = kUnitFloat;
  // A reduction is summed in runs of at most this many terms, whose sums are then added one by one;
  // 0: in one run.
  int run = 0;
  // Relative error of act(gate, up) given exact inputs, in units of `accumulator`.
  double activation_ulps = 8;
  // h is rounded to bf16 before the second product. Only where activations are not quantised: a
  // quantising scheme quantises the float h.
  bool h_bf16 = false;

  // The most roundings that a term of a reduction of `terms` goes through.
  constexpr double longest_chain(double terms) const {
    return run == 0 || terms <= run ? terms : run + terms / run;
  }
};

}  // namespace switchyard::kernels
