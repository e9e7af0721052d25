#include "kernels/cpu/operand.h"

#include "kernels/cpu/format.h"
#include "kernels/mx/block.h"

namespace switchyard::kernels::cpu {
namespace {

// Rows of activations that one call of an inner product takes: enough to amortise the call.
constexpr std::size_t kRowsACall = 64;

template <typename Format>
void requantise_row(float* values, std::size_t columns) {
  for (std::size_t at = 0; at < columns; at += mx::kBlock) {
    std::uint8_t codes[mx::kBlock];
    const std::uint8_t scale = mx::quantise_block<Format>(values + at, codes);
    for (std::size_t i = 0; i < mx::kBlock; ++i) {
      values[at + i] = mx::dequantise<Format>(codes[i], scale);
    }
  }
}

template <typename Format>
void integer_row(const float* values, std::size_t columns, std::int16_t* integers, double* scales) {
  for (std::size_t at = 0; at < columns; at += mx::kBlock) {
    std::uint8_t codes[mx::kBlock];
    const std::uint8_t scale = mx::quantise_block<Format>(values + at, codes);
    for (std::size_t i = 0; i < mx::kBlock; ++i) {
      integers[at + i] =
          static_cast<std::int16_t>(mx::decode<Format>(codes[i]) * kIntegerUnits<Format>);
    }
    scales[at / mx::kBlock] = static_cast<double>(mx::decode_scale(scale)) / kIntegerUnits<Format>;
  }
}

}  // namespace

Operand::Form Operand::form_of(ActivationFormat format, TileKind kind) {
  if (format == ActivationFormat::bf16) return Form::bf16;
  if (format == ActivationFormat::fp8) return Form::fp8;
  return kind == TileKind::integer ? Form::mx_integers : Form::mx_dequantised;
}

Operand::Operand(std::size_t columns, Form form, ActivationFormat format, float static_scale)
    : columns_(columns), form_(form), format_(format), static_scale_(static_scale) {}

void Operand::resize(std::size_t rows) {
  values_.resize(rows * columns_);
  if (form_ == Form::mx_integers) {
    integers_.resize(rows * columns_);
    scales_.resize(rows * (columns_ / mx::kBlock));
  }
}

void Operand::finish_row(std::size_t r) {
  float* values = row(r);
  switch (form_) {
    case Form::bf16:
      for (std::size_t k = 0; k < columns_; ++k) values[k] = mx::to_float(mx::to_bf16(values[k]));
      return;
    case Form::mx_dequantised:
      with_format(mx_elements(format_),
                  [&](auto format) { requantise_row<decltype(format)>(values, columns_); });
      return;
    case Form::mx_integers:
      with_format(mx_elements(format_), [&](auto format) {
        integer_row<decltype(format)>(values, columns_, integers_.data() + r * columns_,
                                      scales_.data() + r * (columns_ / mx::kBlock));
      });
      return;
    case Form::fp8:
      for (std::size_t k = 0; k < columns_; ++k) {
        values[k] =
            mx::decode<mx::Fp8E4M3>(mx::quantise_static<mx::Fp8E4M3>(values[k], static_scale_));
      }
      return;
  }
}

void Operand::multiply(const Products& products, const std::uint32_t* rows, std::size_t count,
                       const Tile& tile, TileKind kind, float* out) const {
  for (std::size_t done = 0; done < count; done += kRowsACall) {
    const std::size_t some = std::min(kRowsACall, count - done);
    float* part = out + done * kTileRows;
    if (kind == TileKind::integer) {
      const std::int16_t* left[kRowsACall];
      const double* scales[kRowsACall];
      for (std::size_t m = 0; m < some; ++m) {
        left[m] = integers_.data() + rows[done + m] * columns_;
        scales[m] = scales_.data() + rows[done + m] * (columns_ / mx::kBlock);
      }
      products.integer(left, scales, some, tile.integers.data(), tile.integer_scales.data(),
                       columns_, part);
    } else {
      const float* left[kRowsACall];
      for (std::size_t m = 0; m < some; ++m) left[m] = values_.data() + rows[done + m] * columns_;
      if (kind == TileKind::scaled) {
        products.scaled(left, some, tile.values.data(), tile.scales.data(), columns_, part);
      } else {
        products.f32(left, some, tile.values.data(), columns_, part);
      }
    }
  }
  if (form_ == Form::fp8) {
    for (std::size_t i = 0; i < count * kTileRows; ++i) out[i] *= static_scale_;
  }
}

}  // namespace switchyard::kernels::cpu
