#include "runtime/checkpoint/weights.h"

#include <cmath>
#include <cstring>
#include <numbers>

#include "kernels/mx/block.h"

namespace switchyard::checkpoint {
namespace {

// SplitMix64 (Steele, Lea, Flood 2014).
class Random {
 public:
  explicit Random(std::uint64_t state) : state_(state) {}

  std::uint64_t next() {
    state_ += 0x9E3779B97F4A7C15u;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
  }

  // In (0, 1].
  double uniform() { return (static_cast<double>(next() >> 11) + 1.0) * 0x1p-53; }

  // Box and Muller's transform, one of the pair.
  float gaussian() {
    const double radius = std::sqrt(-2.0 * std::log(uniform()));
    return static_cast<float>(radius * std::cos(2.0 * std::numbers::pi * uniform()));
  }

 private:
  std::uint64_t state_;
};

// FNV-1a.
std::uint64_t hash(std::string_view text) {
  std::uint64_t value = 0xCBF29CE484222325u;
  for (const char c : text) {
    value = (value ^ static_cast<unsigned char>(c)) * 0x100000001B3u;
  }
  return value;
}

template <typename Format>
void quantise_as(std::span<const float> values, std::span<std::uint8_t> elements,
                 std::span<std::uint8_t> scales) {
  kernels::mx::quantise_row<Format>(values.data(), values.size(), elements.data(), scales.data());
}

}  // namespace

void fill_row(std::uint64_t seed, std::string_view name, std::int64_t row, float deviation,
              std::span<float> values) {
  Random random(Random(seed ^ hash(name)).next() + static_cast<std::uint64_t>(row));
  for (float& value : values) {
    value = deviation * random.gaussian();
    if (random.next() % 512 == 0) value *= 6.0f;
  }
}

void store_bf16(std::span<const float> values, std::span<std::byte> bytes) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    const kernels::Bf16 rounded = kernels::mx::to_bf16(values[i]);
    std::memcpy(bytes.data() + i * sizeof rounded, &rounded, sizeof rounded);
  }
}

void quantise(kernels::WeightFormat format, std::span<const float> values,
              std::span<std::uint8_t> elements, std::span<std::uint8_t> scales) {
  switch (format) {
    case kernels::WeightFormat::mxfp4:
      return quantise_as<kernels::mx::Fp4E2M1>(values, elements, scales);
    case kernels::WeightFormat::mxfp6_e3m2:
      return quantise_as<kernels::mx::Fp6E3M2>(values, elements, scales);
    case kernels::WeightFormat::mxfp6_e2m3:
      return quantise_as<kernels::mx::Fp6E2M3>(values, elements, scales);
  }
}

std::vector<kernels::Bf16> make_activations(std::uint64_t seed, std::int64_t tokens,
                                            std::int64_t hidden) {
  std::vector<kernels::Bf16> result;
  result.reserve(static_cast<std::size_t>(tokens * hidden));
  std::vector<float> row(static_cast<std::size_t>(hidden));
  for (std::int64_t token = 0; token < tokens; ++token) {
    fill_row(seed, "activations", token, 1.0f, row);
    for (std::size_t column = 0; column < row.size(); ++column) {
      const float factor = column % 64 == 17 ? 4.0f : 1.0f;
      result.push_back(kernels::mx::to_bf16(factor * row[column]));
    }
  }
  return result;
}

}  // namespace switchyard::checkpoint
