#pragma once

#include "kernels/moe/scheme.h"
#include "kernels/mx/element.h"

// From the formats of a scheme, known at run time, to the codecs, which are types.
namespace switchyard::kernels::cpu {

// Calls visit(Format{}) with the weights' element type and returns its result.
template <typename Visit>
auto with_format(WeightFormat format, const Visit& visit) {
  switch (format) {
    case WeightFormat::mxfp6_e3m2:
      return visit(mx::Fp6E3M2{});
    case WeightFormat::mxfp6_e2m3:
      return visit(mx::Fp6E2M3{});
    case WeightFormat::mxfp4:
      break;
  }
  return visit(mx::Fp4E2M1{});
}

constexpr bool is_mx(ActivationFormat format) {
  return format == ActivationFormat::mxfp4 || format == ActivationFormat::mxfp6_e3m2 ||
         format == ActivationFormat::mxfp6_e2m3;
}

// The element format of MX activations. Precondition: is_mx(format).
constexpr WeightFormat mx_elements(ActivationFormat format) {
  return format == ActivationFormat::mxfp6_e3m2   ? WeightFormat::mxfp6_e3m2
         : format == ActivationFormat::mxfp6_e2m3 ? WeightFormat::mxfp6_e2m3
                                                  : WeightFormat::mxfp4;
}

// An element as an integer: value * kIntegerUnits<Format>, exact; at most 448 for e3m2.
template <typename Format>
inline constexpr float kIntegerUnits = mx::power_of_two(Format::bias - 1 + Format::fraction_bits);

}  // namespace switchyard::kernels::cpu
