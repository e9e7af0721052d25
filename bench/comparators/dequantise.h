#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "kernels/cpu/thread_pool.h"
#include "kernels/moe/layer.h"
#include "kernels/mx/element.h"
#include "kernels/mx/pack.h"
#include "kernels/mx/scale.h"

namespace switchyard::bench {

inline void assign(float value, float& to) { to = value; }
inline void assign(float value, kernels::Bf16& to) { to = kernels::mx::to_bf16(value); }

// Expands MX matrices into numbers of type T: Bf16 or float, in which all but the extremes of the
// format are exact. Two elements of fp4 are one look-up: a table for each scale.
template <typename T>
class Dequantiser {
 public:
  explicit Dequantiser(kernels::WeightFormat format) : format_(format) {
    const bool fp4 = format == kernels::WeightFormat::mxfp4;
    table_.resize(fp4 ? 256 * 512 : 256 * 64);
    for (std::size_t scale = 0; scale < 256; ++scale) {
      const float factor = kernels::mx::decode_scale(static_cast<std::uint8_t>(scale));
      const std::size_t entries = fp4 ? 512 : 64;
      for (std::size_t i = 0; i < entries; ++i) {
        // Entry 2b + j is element j of the byte b.
        const std::size_t code = fp4 ? (i % 2 == 0 ? i / 2 % 16 : i / 32) : i;
        assign(element(static_cast<std::uint8_t>(code)) * factor, table_[scale * entries + i]);
      }
    }
  }

  // `to` [rows, columns], row-major; on all threads of the pool.
  void expand(const kernels::MxMatrix& from, std::size_t rows, std::size_t columns, T* to,
              kernels::ThreadPool& pool) const {
    constexpr std::size_t kRows = 32;  // of a piece of work
    pool.for_each((rows + kRows - 1) / kRows, [&](std::size_t piece) {
      for (std::size_t row = piece * kRows; row < std::min(rows, (piece + 1) * kRows); ++row) {
        expand_row(from, row, columns, to + row * columns);
      }
    });
  }

 private:
  float element(std::uint8_t code) const {
    using namespace kernels::mx;
    if (format_ == kernels::WeightFormat::mxfp4) return decode<Fp4E2M1>(code);
    if (format_ == kernels::WeightFormat::mxfp6_e3m2) return decode<Fp6E3M2>(code);
    return decode<Fp6E2M3>(code);
  }

  void expand_row(const kernels::MxMatrix& from, std::size_t row, std::size_t columns,
                  T* to) const {
    const std::size_t at = row * from.row_step, blocks = columns / 32;
    const auto bits = static_cast<std::size_t>(bits_of(format_));
    const std::uint8_t* bytes = from.elements + at * blocks * bits * 4;
    const std::uint8_t* const scales = from.scales + at * blocks;
    for (std::size_t block = 0; block < blocks; ++block, bytes += bits * 4, to += 32) {
      if (format_ == kernels::WeightFormat::mxfp4) {
        const T* const pairs = &table_[scales[block] * std::size_t{512}];
        for (std::size_t i = 0; i < 16; ++i) {
          to[2 * i] = pairs[2 * bytes[i]];
          to[2 * i + 1] = pairs[2 * bytes[i] + 1];
        }
      } else {
        const T* const elements = &table_[scales[block] * std::size_t{64}];
        std::uint8_t codes[32];
        kernels::mx::unpack_block<kernels::mx::Fp6E3M2>(bytes, codes);
        for (std::size_t i = 0; i < 32; ++i) to[i] = elements[codes[i]];
      }
    }
  }

  kernels::WeightFormat format_;
  std::vector<T> table_;
};

}  // namespace switchyard::bench
