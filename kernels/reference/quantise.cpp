#include "kernels/reference/quantise.h"

#include <algorithm>

#include "kernels/mx/block.h"

namespace switchyard::kernels::reference {
namespace {

// Q of value and of both ends of its interval; `round` maps a float to a double and is monotone.
template <typename Round>
Bounded between(const Bounded& in, const Round& round) {
  const double value = round(static_cast<float>(in.value));
  if (!std::isfinite(in.bound)) return {value, kInfinity};
  if (std::isnan(value)) return {value, 0};
  if (in.bound == 0) return {value, 0};
  const double low = round(static_cast<float>(in.value - in.bound));
  const double high = round(static_cast<float>(in.value + in.bound));
  return {value, settled(value, std::max(high - value, value - low), std::abs(value))};
}

template <typename Format>
double dequantised(float value, std::uint8_t scale) {
  const int exponent = static_cast<int>(scale) - mx::kScaleBias;
  const float quotient = static_cast<float>(std::ldexp(static_cast<double>(value), -exponent));
  return std::ldexp(static_cast<double>(mx::decode<Format>(mx::encode<Format>(quotient))),
                    exponent);
}

// The shared scale that a block would get if its largest magnitude were `largest`.
template <typename Format>
std::uint8_t scale_for(double largest) {
  float block[mx::kBlock] = {static_cast<float>(largest)};
  return mx::block_scale<Format>(block);
}

template <typename Format>
void quantise_block(std::span<const Bounded> in, Bounded* out) {
  double largest = 0, low = 0, high = 0;
  bool nan = false, unknown = false;
  for (const Bounded& v : in) {
    nan = nan || !std::isfinite(v.value);
    unknown = unknown || !std::isfinite(v.bound);
    largest = std::max(largest, std::abs(v.value));
    low = std::max(low, std::abs(v.value) - v.bound);
    high = std::max(high, std::abs(v.value) + v.bound);
  }
  if (nan || unknown || high > kFloatMax) {
    // One NaN or infinity makes a NaN of the block, whatever the others are; else nothing is known.
    for (std::size_t i = 0; i < in.size(); ++i) {
      out[i] = {std::numeric_limits<double>::quiet_NaN(), nan && !unknown ? 0 : kInfinity};
    }
    return;
  }
  const std::uint8_t scale = scale_for<Format>(largest);
  const int first = scale_for<Format>(low), last = scale_for<Format>(high);
  for (std::size_t i = 0; i < in.size(); ++i) {
    Bounded result{dequantised<Format>(static_cast<float>(in[i].value), scale), 0};
    for (int s = first; s <= last; ++s) {
      for (const double end : {in[i].value - in[i].bound, in[i].value + in[i].bound}) {
        const double rounded =
            dequantised<Format>(static_cast<float>(end), static_cast<std::uint8_t>(s));
        result.bound = std::max(result.bound, std::abs(rounded - result.value));
      }
    }
    out[i] = result;
  }
}

template <typename Format>
std::vector<Bounded> quantise_mx(std::span<const Bounded> row) {
  std::vector<Bounded> out(row.size());
  for (std::size_t at = 0; at < row.size(); at += mx::kBlock) {
    quantise_block<Format>(row.subspan(at, mx::kBlock), out.data() + at);
  }
  return out;
}

std::vector<Bounded> quantise_fp8(std::span<const Bounded> row, float scale) {
  std::vector<Bounded> out;
  for (const Bounded& v : row) {
    out.push_back(between(v, [&](float value) {
      return static_cast<double>(
                 mx::decode<mx::Fp8E4M3>(mx::quantise_static<mx::Fp8E4M3>(value, scale))) *
             static_cast<double>(scale);
    }));
  }
  return out;
}

}  // namespace

std::vector<Bounded> quantise(std::span<const Bounded> row, ActivationFormat format,
                              float static_scale, bool round_bf16) {
  switch (format) {
    case ActivationFormat::mxfp4:
      return quantise_mx<mx::Fp4E2M1>(row);
    case ActivationFormat::mxfp6_e3m2:
      return quantise_mx<mx::Fp6E3M2>(row);
    case ActivationFormat::mxfp6_e2m3:
      return quantise_mx<mx::Fp6E2M3>(row);
    case ActivationFormat::fp8:
      return quantise_fp8(row, static_scale);
    case ActivationFormat::bf16:
      break;
  }
  std::vector<Bounded> out(row.begin(), row.end());
  if (round_bf16) {
    for (Bounded& v : out) {
      v = between(
          v, [](float value) { return static_cast<double>(mx::to_float(mx::to_bf16(value))); });
    }
  }
  return out;
}

}  // namespace switchyard::kernels::reference
