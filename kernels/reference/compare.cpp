#include <algorithm>
#include <cmath>
#include <sstream>

#include "kernels/reference/reference.h"
#include "kernels/reference/rounding.h"

namespace switchyard::kernels::reference {
namespace {

constexpr double kBf16Max = 0x1.FEp127;

class Comparer {
 public:
  Comparer(std::int64_t hidden, std::span<const std::int64_t> tokens)
      : hidden_(static_cast<std::size_t>(hidden)), tokens_(tokens) {}

  void add(std::size_t i, double value, double expected, double magnitude, double bound) {
    ++result_.elements;
    if (!std::isfinite(bound)) return;
    if (!std::isfinite(expected)) {
      const bool same = std::isnan(expected) ? std::isnan(value) : value == expected;
      if (!same) fail(i, value, expected, bound);
      return;
    }
    const double error = std::abs(value - expected);
    if (!(error <= bound)) fail(i, value, expected, bound);
    if (!std::isfinite(value)) return;
    if (bound > 0) result_.worst_ratio = std::max(result_.worst_ratio, error / bound);
    if (magnitude > 0) {
      result_.error = std::max(result_.error, error / magnitude);
      result_.bound = std::max(result_.bound, bound / magnitude);
    }
  }

  Comparison result() const { return result_; }

 private:
  void fail(std::size_t i, double value, double expected, double bound) {
    ++result_.failures;
    if (result_.failures > 1) return;
    std::ostringstream text;
    text.precision(9);
    text << "token " << tokens_[i / hidden_] << ", column " << i % hidden_ << ": " << value
         << ", but the reference is " << expected << " within " << bound;
    result_.first_failure = text.str();
  }

  std::size_t hidden_;
  std::span<const std::int64_t> tokens_;
  Comparison result_;
};

}  // namespace

Comparison compare(const Result& result, std::int64_t hidden, std::span<const std::int64_t> tokens,
                   std::span<const float> out) {
  Comparer comparer(hidden, tokens);
  const auto width = static_cast<std::size_t>(hidden);
  for (std::size_t i = 0; i < result.value.size(); ++i) {
    const auto token = static_cast<std::size_t>(tokens[i / width]);
    comparer.add(i, out[token * width + i % width], result.value[i], result.magnitude[i],
                 result.bound[i]);
  }
  return comparer.result();
}

Comparison compare(const Result& result, std::int64_t hidden, std::span<const std::int64_t> tokens,
                   std::span<const Bf16> out) {
  Comparer comparer(hidden, tokens);
  const auto width = static_cast<std::size_t>(hidden);
  for (std::size_t i = 0; i < result.value.size(); ++i) {
    const auto token = static_cast<std::size_t>(tokens[i / width]);
    double bound = result.bound[i];
    if (std::isfinite(result.value[i])) {
      // Half a unit of the last place of a bf16, subnormal ones included.
      bound += kUnitBf16 * (std::abs(result.value[i]) + bound) + 0x1p-134;
      if (std::abs(result.value[i]) + bound > kBf16Max) bound = kInfinity;
    }
    comparer.add(i, mx::to_float(out[token * width + i % width]), result.value[i],
                 result.magnitude[i], bound);
  }
  return comparer.result();
}

}  // namespace switchyard::kernels::reference
