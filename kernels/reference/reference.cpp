#include "kernels/reference/reference.h"

#include <algorithm>
#include <sstream>

#include "kernels/mx/block.h"
#include "kernels/reference/quantise.h"
#include "kernels/reference/rounding.h"

namespace switchyard::kernels::reference {
namespace {

constexpr double kLeastFloat = 0x1p-149;

template <typename Format>
void decode_row(const MxMatrix& matrix, std::size_t row, std::span<double> out) {
  const std::size_t at = row * matrix.row_step;
  const std::uint8_t* elements = matrix.elements + at * mx::packed_bytes(out.size(), Format::bits);
  const std::uint8_t* scales = matrix.scales + at * (out.size() / mx::kBlock);
  for (std::size_t k = 0; k < out.size(); ++k) {
    const std::uint8_t scale = scales[k / mx::kBlock];
    const double element = mx::decode<Format>(mx::load_code<Format>(elements, k));
    out[k] = scale == mx::kScaleNan ? std::numeric_limits<double>::quiet_NaN()
                                    : std::ldexp(element, static_cast<int>(scale) - mx::kScaleBias);
  }
}

void decode_row(WeightFormat format, const MxMatrix& matrix, std::size_t row,
                std::span<double> out) {
  switch (format) {
    case WeightFormat::mxfp4:
      return decode_row<mx::Fp4E2M1>(matrix, row, out);
    case WeightFormat::mxfp6_e3m2:
      return decode_row<mx::Fp6E3M2>(matrix, row, out);
    case WeightFormat::mxfp6_e2m3:
      return decode_row<mx::Fp6E2M3>(matrix, row, out);
  }
}

struct Dot {
  Bounded sum;
  double magnitude = 0;  // sum of |a| |b| + |bias| over finite terms
};

// "product" of rounding.h.
Dot dot(std::span<const Bounded> a, std::span<const double> b, double bias, double static_scale,
        const Numerics& numerics) {
  Dot result;
  double sum = 0, slack = 0;
  bool unknown = false;
  for (std::size_t k = 0; k < a.size(); ++k) {
    const double term = a[k].value * b[k];
    sum += term;
    if (std::isfinite(term)) result.magnitude += std::abs(term);
    // Past float's range the specification leaves a weight to the implementation.
    unknown = unknown || !std::isfinite(a[k].bound) || std::abs(b[k]) > kFloatMax;
    if (a[k].bound > 0 && std::isfinite(b[k])) slack += a[k].bound * std::abs(b[k]);
  }
  sum += bias;
  if (std::isfinite(bias)) result.magnitude += std::abs(bias);
  const double terms = static_cast<double>(a.size());
  const double chain = numerics.longest_chain(terms) + 5;
  const double bound = gamma(chain, numerics.accumulator) * (result.magnitude + slack) + slack +
                       (terms + chain) * kLeastFloat * std::max(1.0, static_scale);
  // A static scale below 1 may be applied to the sum, which must then be a float before it.
  const double reach = (result.magnitude + slack) / std::min(1.0, static_scale);
  result.sum = {sum, unknown ? kInfinity : settled(sum, bound, reach)};
  return result;
}

// "activation" of rounding.h.
Bounded activate(Activation activation, const Bounded& gate, const Bounded& up,
                 const Numerics& numerics) {
  double g = gate.value, u = up.value, alpha = 1, dg = gate.bound, du = up.bound;
  if (activation == Activation::swigluoai) {
    const double limit = kSwigluLimit;
    alpha = kSwigluAlpha;
    if (g > limit) g = limit;
    if (u > limit) u = limit;
    if (u < -limit) u = -limit;
    u += 1;
  }
  const double z = alpha * g;
  const double s = g / (1 + std::exp(-z));
  const double value = s * u;
  if (!std::isfinite(dg) || !std::isfinite(du)) return {value, kInfinity};
  if (std::isnan(value)) return {value, 0};
  if (std::isinf(value)) {
    // A factor near zero times an infinity: sign and NaN are open.
    const bool open =
        (std::isinf(g) && std::abs(u) <= du) || (std::isinf(u) && std::abs(s) <= 1.1 * dg);
    return {value, open ? kInfinity : 0};
  }
  const double wide_s = std::abs(s) + 1.1 * dg, wide_u = std::abs(u) + du;
  const double bound =
      1.1 * dg * wide_u + std::abs(s) * du +
      (numerics.activation_ulps + std::abs(z)) * numerics.accumulator * wide_s * wide_u +
      0x1p-119 * wide_u;
  return {value, settled(value, bound, wide_s * wide_u)};
}

// One token on one expert.
struct Pair {
  std::size_t row;  // of the result
  double weight;
};

class Layer {
 public:
  Layer(const LayerConfig& config, const LayerWeights& weights, const Numerics& numerics)
      : config_(config),
        weights_(weights),
        numerics_(numerics),
        format_(info(config.scheme)),
        input_scale_(static_scale(weights.input_scale)),
        hidden_scale_(static_scale(weights.hidden_scale)),
        hidden_(static_cast<std::size_t>(config.shape.hidden)),
        intermediate_(static_cast<std::size_t>(config.shape.intermediate)) {}

  std::vector<Bounded> input(std::span<const Bf16> x) const {
    std::vector<Bounded> row;
    for (const Bf16 value : x) row.push_back({mx::to_float(value), 0});
    return quantise(row, format_.activation, weights_.input_scale, false);
  }

  // Adds w * y of the expert's tokens to the result.
  void add(std::size_t expert_index, std::span<const Pair> pairs,
           const std::vector<std::vector<Bounded>>& x, Result& result) const {
    const ExpertWeights& expert = weights_.experts[expert_index];
    std::vector<std::vector<Bounded>> h(pairs.size(), std::vector<Bounded>(intermediate_));
    std::vector<double> gate(hidden_), up(hidden_), down(intermediate_);
    for (std::size_t i = 0; i < intermediate_; ++i) {
      decode_row(format_.weight, expert.gate, i, gate);
      decode_row(format_.weight, expert.up, i, up);
      const double gate_bias = value_at(expert.gate.bias, i * expert.gate.row_step);
      const double up_bias = value_at(expert.up.bias, i * expert.up.row_step);
      for (std::size_t p = 0; p < pairs.size(); ++p) {
        const std::vector<Bounded>& row = x[pairs[p].row];
        h[p][i] =
            activate(config_.activation, dot(row, gate, gate_bias, input_scale_, numerics_).sum,
                     dot(row, up, up_bias, input_scale_, numerics_).sum, numerics_);
      }
    }
    for (std::vector<Bounded>& row : h) {
      row = quantise(row, format_.activation, weights_.hidden_scale, numerics_.h_bf16);
    }
    for (std::size_t n = 0; n < hidden_; ++n) {
      decode_row(format_.weight, expert.down, n, down);
      const double bias = value_at(expert.down.bias, n * expert.down.row_step);
      for (std::size_t p = 0; p < pairs.size(); ++p) {
        const Dot y = dot(h[p], down, bias, hidden_scale_, numerics_);
        accumulate(pairs[p].weight, y, pairs[p].row * hidden_ + n, result);
      }
    }
  }

 private:
  double static_scale(float scale) const {
    return format_.activation == ActivationFormat::fp8 ? static_cast<double>(scale) : 1.0;
  }

  // "combine" of rounding.h.
  void accumulate(double weight, const Dot& y, std::size_t at, Result& result) const {
    result.value[at] += weight * y.sum.value;
    if (!std::isfinite(y.sum.bound)) {
      result.bound[at] = kInfinity;
      return;
    }
    if (!std::isfinite(weight)) return;
    const double reach = std::abs(weight) * (y.magnitude + y.sum.bound);
    result.magnitude[at] += std::abs(weight) * y.magnitude;
    result.bound[at] +=
        std::abs(weight) * y.sum.bound + kLeastFloat +
        gamma(static_cast<double>(config_.shape.top_k) + 1, numerics_.accumulator) * reach;
  }

  const LayerConfig& config_;
  const LayerWeights& weights_;
  const Numerics& numerics_;
  SchemeInfo format_;
  double input_scale_, hidden_scale_;  // 1 where the scheme has none
  std::size_t hidden_, intermediate_;
};

}  // namespace

Result run(const LayerConfig& config, const LayerWeights& weights, std::span<const Bf16> x,
           const Routing& routing, std::span<const std::int64_t> tokens, const Numerics& numerics) {
  const auto hidden = static_cast<std::size_t>(config.shape.hidden);
  const auto top_k = static_cast<std::size_t>(routing.top_k);
  const Layer layer(config, weights, numerics);
  std::vector<std::vector<Bounded>> inputs;
  std::vector<std::vector<Pair>> by_expert(weights.experts.size());
  for (std::size_t row = 0; row < tokens.size(); ++row) {
    const auto token = static_cast<std::size_t>(tokens[row]);
    inputs.push_back(layer.input(x.subspan(token * hidden, hidden)));
    for (std::size_t j = 0; j < top_k; ++j) {
      const auto expert = static_cast<std::size_t>(routing.experts[token * top_k + j]);
      by_expert[expert].push_back({row, routing.weights[token * top_k + j]});
    }
  }
  Result result;
  result.value.assign(tokens.size() * hidden, 0);
  result.magnitude = result.bound = result.value;
  for (std::size_t e = 0; e < by_expert.size(); ++e) {
    if (!by_expert[e].empty()) layer.add(e, by_expert[e], inputs, result);
  }
  for (std::size_t i = 0; i < result.value.size(); ++i) {
    result.bound[i] = settled(result.value[i], result.bound[i], result.magnitude[i]);
  }
  return result;
}

}  // namespace switchyard::kernels::reference
