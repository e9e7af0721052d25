// AVX512_BF16 and AVX512_VNNI. A function of another header that is not inlined would be compiled
// for this instruction set, and the linker might keep that copy for all: nothing here calls one.
#include "kernels/cpu/products_avx512_bf16.h"

#include <immintrin.h>

namespace switchyard::kernels::cpu {
namespace {

using avx512_bf16::Fp4;
using avx512_bf16::Fp6;
using avx512_bf16::pair_of;
using avx512_bf16::scales_of;

// Rows of activations that share a decoded register: two sums and a total each, of 32 registers.
constexpr std::size_t kRowTile = 8;

inline __m512 product(__m512 sum, __m512i weights, __m512i pair) {
  return _mm512_dpbf16_ps(sum, reinterpret_cast<__m512bh>(weights),
                          reinterpret_cast<__m512bh>(pair));
}

// `weights` in order: block(b) before the pairs (b, 0 .. 15), which come in order.
template <int kRows, typename Weights>
inline void bf16_rows(std::size_t blocks, const Row* rows, float* out, const Weights& weights) {
  __m512 total[kRows];
  for (int m = 0; m < kRows; ++m) total[m] = _mm512_setzero_ps();
  for (std::size_t b = 0; b < blocks; ++b) {
    __m512 even[kRows], odd[kRows];
    for (int m = 0; m < kRows; ++m) even[m] = odd[m] = _mm512_setzero_ps();
    for (std::size_t g = 0; g < 4; ++g) {
      const auto group = weights.group(b, g);
#pragma GCC unroll 4
      for (int j = 0; j < 4; ++j) {
        const __m512i w = weights.pair(group, g, j);
        for (int m = 0; m < kRows; ++m) {
          const __m512i a = pair_of(rows[m].bf16, b * 16 + g * 4 + static_cast<std::size_t>(j));
          if (j % 2 == 0) {
            even[m] = product(even[m], w, a);
          } else {
            odd[m] = product(odd[m], w, a);
          }
        }
      }
    }
    for (int m = 0; m < kRows; ++m) {
      total[m] = weights.add(total[m], _mm512_add_ps(even[m], odd[m]), b, rows[m]);
    }
  }
  for (int m = 0; m < kRows; ++m)
    _mm512_storeu_ps(out + m * static_cast<int>(kPanelRows), total[m]);
}

// Calls visit<rows>(first) for register tiles of at most kRowTile rows.
template <typename Visit>
inline void for_row_tiles(std::size_t count, const Visit& visit) {
  std::size_t done = 0;
  for (; done + kRowTile <= count; done += kRowTile) visit.template operator()<kRowTile>(done);
  switch (count - done) {
    case 7:
      return visit.template operator()<7>(done);
    case 6:
      return visit.template operator()<6>(done);
    case 5:
      return visit.template operator()<5>(done);
    case 4:
      return visit.template operator()<4>(done);
    case 3:
      return visit.template operator()<3>(done);
    case 2:
      return visit.template operator()<2>(done);
    case 1:
      return visit.template operator()<1>(done);
    default:
      return;
  }
}

template <typename Format>
struct PackedWeights {
  const Panel& panel;
  Format format;

  auto group(std::size_t b, std::size_t g) const { return format.group(panel, b, g); }
  __m512i pair(const typename Format::Group& group, std::size_t g, int j) const {
    return format.pair(group, g, j);
  }
  __m512 add(__m512 total, __m512 sum, std::size_t b, const Row& row) const {
    if (row.scales != nullptr) sum = _mm512_mul_ps(sum, _mm512_set1_ps(row.scales[b]));
    return _mm512_fmadd_ps(sum, scales_of(panel, b), total);
  }
};

struct DecodedWeights {
  const std::uint16_t* values;

  const std::uint16_t* group(std::size_t b, std::size_t g) const {
    return values + (b * 16 + g * 4) * 2 * kPanelRows;
  }
  __m512i pair(const std::uint16_t* group, std::size_t, int j) const {
    return _mm512_loadu_si512(group + static_cast<std::size_t>(j) * 2 * kPanelRows);
  }
  __m512 add(__m512 total, __m512 sum, std::size_t, const Row&) const {
    return _mm512_add_ps(total, sum);
  }
};

template <typename Format>
void packed_of(const Panel& panel, const Row* rows, std::size_t count, float* out) {
  const PackedWeights<Format> weights{panel, Format()};
  for_row_tiles(count, [&]<std::size_t kRows>(std::size_t first) {
    bf16_rows<static_cast<int>(kRows)>(panel.blocks, rows + first, out + first * kPanelRows,
                                       weights);
  });
}

void packed(WeightFormat format, const Panel& panel, const Row* rows, std::size_t count,
            float* out) {
  switch (format) {
    case WeightFormat::mxfp4:
      return packed_of<Fp4>(panel, rows, count, out);
    case WeightFormat::mxfp6_e3m2:
      return packed_of<Fp6<3>>(panel, rows, count, out);
    case WeightFormat::mxfp6_e2m3:
      return packed_of<Fp6<2>>(panel, rows, count, out);
  }
}

void plain(const std::uint16_t* values, std::size_t blocks, const Row* rows, std::size_t count,
           float* out) {
  const DecodedWeights weights{values};
  for_row_tiles(count, [&]<std::size_t kRows>(std::size_t first) {
    bf16_rows<static_cast<int>(kRows)>(blocks, rows + first, out + first * kPanelRows, weights);
  });
}

template <int kRows>
inline void integer_rows(const Panel& panel, const Row* rows, float* out) {
  const __m512i nibble = _mm512_set1_epi8(0x0F);
  // 12 more than twice the value, in 0 .. 24, by code.
  const __m512i without_sign = _mm512_broadcast_i32x4(
      _mm_setr_epi8(12, 13, 14, 15, 16, 18, 20, 24, 12, 11, 10, 9, 8, 6, 4, 0));
  __m512 total[kRows];
  for (int m = 0; m < kRows; ++m) total[m] = _mm512_setzero_ps();
  for (std::size_t b = 0; b < panel.blocks; ++b) {
    __m512i low[kRows], high[kRows];
    for (int m = 0; m < kRows; ++m) {
      low[m] = _mm512_set1_epi32(rows[m].offsets[b]);
      high[m] = _mm512_setzero_si512();
    }
    for (std::size_t g = 0; g < 4; ++g) {
      const __m512i x = _mm512_load_si512(panel.elements + (b * 4 + g) * kGroupBytes);
      const __m512i first = _mm512_shuffle_epi8(without_sign, _mm512_and_si512(x, nibble));
      const __m512i second =
          _mm512_shuffle_epi8(without_sign, _mm512_and_si512(_mm512_srli_epi16(x, 4), nibble));
      for (int m = 0; m < kRows; ++m) {
        const std::int8_t* a = rows[m].bytes + b * mx::kBlock + g * 8;
        std::int32_t four[2];
        __builtin_memcpy(four, a, sizeof(four));
        low[m] = _mm512_dpbusd_epi32(low[m], first, _mm512_set1_epi32(four[0]));
        high[m] = _mm512_dpbusd_epi32(high[m], second, _mm512_set1_epi32(four[1]));
      }
    }
    const __m512 scales = scales_of(panel, b);
    for (int m = 0; m < kRows; ++m) {
      // Both sides are doubled.
      const __m512 sum = _mm512_mul_ps(_mm512_cvtepi32_ps(_mm512_add_epi32(low[m], high[m])),
                                       _mm512_set1_ps(0.25f * rows[m].scales[b]));
      total[m] = _mm512_fmadd_ps(sum, scales, total[m]);
    }
  }
  for (int m = 0; m < kRows; ++m)
    _mm512_storeu_ps(out + m * static_cast<int>(kPanelRows), total[m]);
}

}  // namespace

void integer_avx512_vnni(const Panel& panel, const Row* rows, std::size_t count, float* out) {
  for_row_tiles(count, [&]<std::size_t kRows>(std::size_t first) {
    integer_rows<static_cast<int>(kRows)>(panel, rows + first, out + first * kPanelRows);
  });
}

extern const Products kAvx512Bf16Products;
const Products kAvx512Bf16Products = {
    packed, integer_avx512_vnni, avx512_bf16::decode, plain, activate_avx512, false, false};

}  // namespace switchyard::kernels::cpu
