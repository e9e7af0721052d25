#pragma once

#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

// clang-format off
//
// Values with an error bound, and the derivation of every bound. Standard running error analysis
// (Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., sections 3.1, 3.3, 4.2): a sum of
// products with unit roundoff u is off by at most gamma(n) * sum |a| |b|, gamma(n) = n u / (1 - n u),
// where n is the longest chain of roundings that a term goes through.
//
//   product     c = sum a b + bias, a off by da, b exact. Summed in runs of r terms, n is
//               r + terms / r, and 5 more for the product, a block's own sum, its scale, a tensor
//               scale and the bias:
//                 dc = gamma(n) (sum (|a| + da) |b| + |bias|) + sum da |b|
//               and each rounding may also be off by half the least subnormal float.
//   activation  f(g, u) = s(g) u', s'(g) in [-0.1, 1.1] for both activations; clamps, and u' = u or
//               u + 1, do not stretch. So with G = |s(g)| + 1.1 dg and U = |u'| + du
//                 df = 1.1 dg U + |s(g)| du + (ulps + |z|) u G U,     z the argument of exp:
//               a relative error u of z is |z| u in exp(z). exp overflows float past |z| = 88,
//               where s is below 2^-119: that much absolute error times U is added.
//   rounding    bf16, MX and fp8 are monotone for a given scale, so a computed value between v - d
//               and v + d rounds to something between Q(v - d) and Q(v + d). No bound on the rounding
//               itself is needed, since the reference rounds too: only values next to a tie differ.
//               Where v's block could have got either of two shared scales, both are tried.
//   combine     out = sum of w y over k experts: gamma(k + 1) sum |w| (|y| + dy) + sum |w| dy.
//
// The measure of KERNELS.md is |out - ref| over sum |w| |h| |Wd|, the magnitude of the last reduction.
//
// clang-format on
namespace switchyard::kernels::reference {

inline constexpr double kFloatMax = std::numeric_limits<float>::max();
inline constexpr double kInfinity = std::numeric_limits<double>::infinity();

// A value in exact arithmetic (which may be NaN or infinite) and how far a computed one may be off.
// `bound` is 0 for a NaN or an infinity that a kernel must reproduce, infinite where anything goes.
struct Bounded {
  double value = 0;
  double bound = 0;
};

inline double gamma(double count, double unit) { return count * unit / (1 - count * unit); }

// The bound to keep for a value whose reduction has the given magnitude: past the range of float
// nothing is promised; else a value that is not finite is reproduced.
inline double settled(double value, double bound, double magnitude) {
  if (!(magnitude + bound <= kFloatMax)) return kInfinity;
  return std::isfinite(value) ? bound : 0;
}

}  // namespace switchyard::kernels::reference
