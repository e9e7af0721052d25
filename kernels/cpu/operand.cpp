#include "kernels/cpu/operand.h"

#include <algorithm>
#include <cmath>

#include "kernels/cpu/format.h"
#include "kernels/cpu/panel.h"
#include "kernels/mx/block.h"

namespace switchyard::kernels::cpu {
namespace {

// With bf16's 8 bits, an element's least bit of 2^-4 and a scale of 2^-kOrdinaryScale, a product of
// 2^-75 has its last bit at 2^-126: nothing is subnormal. The other end is far from overflow.
constexpr float kLeastOrdinary = mx::power_of_two(-75);
constexpr float kMostOrdinary = mx::power_of_two(60);
static_assert(75 + 7 + 4 + kOrdinaryScale == 126);

// Also false for a NaN.
bool ordinary(float value) {
  const float size = std::fabs(value);
  return size == 0 || (size >= kLeastOrdinary && size <= kMostOrdinary);
}

bool all_ordinary(const float* values, std::size_t count) {
  bool all = true;
  for (std::size_t i = 0; i < count; ++i) all &= ordinary(values[i]);
  return all;
}

// Replaces a block by its elements; returns their scale's code. A block with a NaN or an infinity
// becomes zeros under the NaN scale.
template <typename Format>
std::uint8_t quantise(float* block) {
  const std::uint8_t scale = mx::block_scale<Format>(block);
  if (scale == mx::kScaleNan) {
    std::fill(block, block + mx::kBlock, 0.0f);
    return scale;
  }
  const float reciprocal = mx::power_of_two(mx::kScaleBias - static_cast<int>(scale));
  for (std::size_t i = 0; i < mx::kBlock; ++i)
    block[i] = mx::round_to<Format>(block[i] * reciprocal);
  return scale;
}

template <typename Format>
void requantise_row(float* values, std::size_t columns) {
  for (std::size_t at = 0; at < columns; at += mx::kBlock) {
    const float factor = mx::decode_scale(quantise<Format>(values + at));
    for (std::size_t i = 0; i < mx::kBlock; ++i) values[at + i] *= factor;
  }
}

// Where column i of a group of 8 is among the bytes that meet a panel's (panel.h).
constexpr std::size_t kByteOf[8] = {0, 2, 4, 6, 1, 3, 5, 7};
constexpr std::int32_t kWeightOffset = 12;

}  // namespace

Operand::Operand(std::size_t columns, Form form, ActivationFormat format, float static_scale,
                 Kept kept)
    : columns_(columns), form_(form), format_(format), static_scale_(static_scale), kept_(kept) {}

void Operand::resize(std::size_t rows) {
  values_.resize(rows * columns_);
  ordinary_.resize(rows);
  if (kept_.bf16) bf16_.resize(rows * columns_);
  if (form_ == Form::mx_elements) scales_.resize(rows * (columns_ / mx::kBlock));
  if (kept_.bytes) {
    bytes_.resize(rows * columns_);
    offsets_.resize(rows * (columns_ / mx::kBlock));
  }
}

template <typename Format>
void Operand::finish_elements(std::size_t r) {
  float* values = floats(r);
  const std::size_t blocks = columns_ / mx::kBlock;
  bool all = true;
  for (std::size_t b = 0; b < blocks; ++b) {
    float* block = values + b * mx::kBlock;
    const std::uint8_t scale = quantise<Format>(block);
    bool zeros = true;
    std::int32_t sum = 0;
    for (std::size_t i = 0; i < mx::kBlock; ++i) {
      zeros &= block[i] == 0;
      if (kept_.bytes) {
        const auto twice = static_cast<std::int8_t>(2 * block[i]);
        bytes_[r * columns_ + b * mx::kBlock + i / 8 * 8 + kByteOf[i % 8]] = twice;
        sum += twice;
      }
    }
    // Zeros are zero under every scale but NaN.
    const float factor = zeros && scale != mx::kScaleNan ? 1.0f : mx::decode_scale(scale);
    all &= ordinary(factor);
    scales_[r * blocks + b] = factor;
    if (kept_.bytes) offsets_[r * blocks + b] = -kWeightOffset * sum;
  }
  ordinary_[r] = all;
}

void Operand::finish_row(std::size_t r) {
  float* values = floats(r);
  switch (form_) {
    case Form::bf16:
      for (std::size_t k = 0; k < columns_; ++k) values[k] = mx::to_float(mx::to_bf16(values[k]));
      break;
    case Form::mx_dequantised:
      with_format(mx_elements(format_),
                  [&](auto format) { requantise_row<decltype(format)>(values, columns_); });
      break;
    case Form::mx_elements:
      with_format(mx_elements(format_), [&](auto format) { finish_elements<decltype(format)>(r); });
      break;
    case Form::fp8:
      for (std::size_t k = 0; k < columns_; ++k) {
        values[k] =
            mx::decode<mx::Fp8E4M3>(mx::quantise_static<mx::Fp8E4M3>(values[k], static_scale_));
      }
      break;
  }
  if (form_ != Form::mx_elements) ordinary_[r] = all_ordinary(values, columns_);
  if (kept_.bf16) {
    std::uint16_t* to = bf16_.data() + r * columns_;
    for (std::size_t k = 0; k < columns_; ++k) {
      to[k] = static_cast<std::uint16_t>(__builtin_bit_cast(std::uint32_t, values[k]) >> 16);
    }
  }
}

Row Operand::row(std::size_t r) const {
  Row result;
  const std::size_t blocks = columns_ / mx::kBlock;
  if (kept_.floats) result.floats = values_.data() + r * columns_;
  if (kept_.bf16) result.bf16 = bf16_.data() + r * columns_;
  if (kept_.bytes) {
    result.bytes = bytes_.data() + r * columns_;
    result.offsets = offsets_.data() + r * blocks;
  }
  if (form_ == Form::mx_elements) result.scales = scales_.data() + r * blocks;
  result.ordinary = ordinary_[r] != 0;
  return result;
}

}  // namespace switchyard::kernels::cpu
