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

// A register tile: kRegisterRows rows of activations by two panels, a sum each in a register for
// the 16 pairs of a block, then added to totals in memory. So a pair of activations is loaded for
// two products, and a pair of weights decoded for eight.
constexpr std::size_t kRegisterRows = 8;

inline __m512 product(__m512 sum, __m512i weights, __m512i pair) {
  return _mm512_dpbf16_ps(sum, reinterpret_cast<__m512bh>(weights),
                          reinterpret_cast<__m512bh>(pair));
}

template <int kRows, typename Weights>
inline void bf16_rows(std::size_t blocks, const Row* rows, float* const* out,
                      const Weights& weights) {
  alignas(64) __m512 total[kRows][2];
  for (int m = 0; m < kRows; ++m) total[m][0] = total[m][1] = _mm512_setzero_ps();
  for (std::size_t b = 0; b < blocks; ++b) {
    __m512 sum[kRows][2];
    for (int m = 0; m < kRows; ++m) sum[m][0] = sum[m][1] = _mm512_setzero_ps();
    for (std::size_t g = 0; g < 4; ++g) {
      const auto first = weights.group(0, b, g), second = weights.group(1, b, g);
#pragma GCC unroll 4
      for (int j = 0; j < 4; ++j) {
        const __m512i w0 = weights.pair(first, j), w1 = weights.pair(second, j);
        for (int m = 0; m < kRows; ++m) {
          const __m512i a = pair_of(rows[m].bf16, b * 16 + g * 4 + static_cast<std::size_t>(j));
          sum[m][0] = product(sum[m][0], w0, a);
          sum[m][1] = product(sum[m][1], w1, a);
        }
      }
    }
    for (int p = 0; p < 2; ++p) {
      const __m512 scales = weights.scales(p, b);
      for (int m = 0; m < kRows; ++m) {
        if (rows[m].scales != nullptr) {
          sum[m][p] = _mm512_mul_ps(sum[m][p], _mm512_set1_ps(rows[m].scales[b]));
        }
        total[m][p] = weights.add(sum[m][p], scales, total[m][p]);
      }
    }
  }
  for (int m = 0; m < kRows; ++m) {
    for (int p = 0; p < 2; ++p) {
      _mm512_storeu_ps(out[p] + m * static_cast<int>(kPanelRows), total[m][p]);
    }
  }
}

// Calls visit<rows>(first) for register tiles of at most kRegisterRows rows.
template <typename Visit>
inline void for_row_tiles(std::size_t count, const Visit& visit) {
  std::size_t done = 0;
  for (; done + kRegisterRows <= count; done += kRegisterRows) {
    visit.template operator()<kRegisterRows>(done);
  };
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
  const Panel* panels;
  Format format;

  auto group(int p, std::size_t b, std::size_t g) const { return format.group(panels[p], b, g); }
  __m512i pair(const typename Format::Group& group, int j) const { return format.pair(group, j); }
  __m512 scales(int p, std::size_t b) const { return scales_of(panels[p], b); }
  __m512 add(__m512 sum, __m512 scales, __m512 total) const {
    return _mm512_fmadd_ps(sum, scales, total);
  }
};

struct DecodedWeights {
  const std::uint16_t* const* values;

  const std::uint16_t* group(int p, std::size_t b, std::size_t g) const {
    return values[p] + (b * 16 + g * 4) * 2 * kPanelRows;
  }
  __m512i pair(const std::uint16_t* group, int j) const {
    return _mm512_loadu_si512(group + static_cast<std::size_t>(j) * 2 * kPanelRows);
  }
  __m512 scales(int, std::size_t) const { return _mm512_setzero_ps(); }
  __m512 add(__m512 sum, __m512, __m512 total) const { return _mm512_add_ps(sum, total); }
};

// Where a register tile that starts at row `first` writes.
struct TileOutput {
  TileOutput(float* const* out, std::size_t first)
      : at{out[0] + first * kPanelRows, out[1] + first * kPanelRows} {}
  float* at[2];
};

template <typename Weights>
void multiply(const Weights& weights, std::size_t blocks, const Row* rows, std::size_t count,
              float* const* out) {
  for_row_tiles(count, [&]<std::size_t kRows>(std::size_t first) {
    const TileOutput to(out, first);
    bf16_rows<static_cast<int>(kRows)>(blocks, rows + first, to.at, weights);
  });
}

template <int kRows>
inline void integer_rows(const Panel* panels, const Row* rows, float* const* out) {
  const __m512i nibble = _mm512_set1_epi8(0x0F);
  // 12 more than twice the value, in 0 .. 24, by code.
  const __m512i without_sign = _mm512_broadcast_i32x4(
      _mm_setr_epi8(12, 13, 14, 15, 16, 18, 20, 24, 12, 11, 10, 9, 8, 6, 4, 0));
  alignas(64) __m512 total[kRows][2];
  for (int m = 0; m < kRows; ++m) total[m][0] = total[m][1] = _mm512_setzero_ps();
  for (std::size_t b = 0; b < panels[0].blocks; ++b) {
    __m512i sum[kRows][2];
    for (int m = 0; m < kRows; ++m) sum[m][0] = sum[m][1] = _mm512_set1_epi32(rows[m].offsets[b]);
    for (std::size_t g = 0; g < 4; ++g) {
      __m512i low[2], high[2];
      for (int p = 0; p < 2; ++p) {
        const __m512i x = _mm512_load_si512(panels[p].elements + (b * 4 + g) * kGroupBytes);
        low[p] = _mm512_shuffle_epi8(without_sign, _mm512_and_si512(x, nibble));
        high[p] =
            _mm512_shuffle_epi8(without_sign, _mm512_and_si512(_mm512_srli_epi16(x, 4), nibble));
      }
      for (int m = 0; m < kRows; ++m) {
        std::int32_t four[2];
        __builtin_memcpy(four, rows[m].bytes + b * mx::kBlock + g * 8, sizeof(four));
        const __m512i first = _mm512_set1_epi32(four[0]), second = _mm512_set1_epi32(four[1]);
        for (int p = 0; p < 2; ++p) {
          sum[m][p] = _mm512_dpbusd_epi32(sum[m][p], low[p], first);
          sum[m][p] = _mm512_dpbusd_epi32(sum[m][p], high[p], second);
        }
      }
    }
    for (int p = 0; p < 2; ++p) {
      const __m512 scales = scales_of(panels[p], b);
      for (int m = 0; m < kRows; ++m) {
        // Both sides are doubled.
        const __m512 scaled =
            _mm512_mul_ps(_mm512_cvtepi32_ps(sum[m][p]), _mm512_set1_ps(0.25f * rows[m].scales[b]));
        total[m][p] = _mm512_fmadd_ps(scaled, scales, total[m][p]);
      }
    }
  }
  for (int m = 0; m < kRows; ++m) {
    for (int p = 0; p < 2; ++p) {
      _mm512_storeu_ps(out[p] + m * static_cast<int>(kPanelRows), total[m][p]);
    }
  }
}

}  // namespace

void integer_avx512_vnni(const Panel* panels, const Row* rows, std::size_t count,
                         float* const* out) {
  for_row_tiles(count, [&]<std::size_t kRows>(std::size_t first) {
    const TileOutput to(out, first);
    integer_rows<static_cast<int>(kRows)>(panels, rows + first, to.at);
  });
}

void packed_avx512_bf16(WeightFormat format, const Panel* panels, const Row* rows,
                        std::size_t count, float* const* out) {
  const std::size_t blocks = panels[0].blocks;
  switch (format) {
    case WeightFormat::mxfp4:
      return multiply(PackedWeights<Fp4>{panels, {}}, blocks, rows, count, out);
    case WeightFormat::mxfp6_e3m2:
      return multiply(PackedWeights<Fp6<3>>{panels, {}}, blocks, rows, count, out);
    case WeightFormat::mxfp6_e2m3:
      return multiply(PackedWeights<Fp6<2>>{panels, {}}, blocks, rows, count, out);
  }
}

void plain_avx512_bf16(const std::uint16_t* const* values, std::size_t blocks, const Row* rows,
                       std::size_t count, float* const* out) {
  multiply(DecodedWeights{values}, blocks, rows, count, out);
}

extern const Products kAvx512Bf16Products;
const Products kAvx512Bf16Products = {packed_avx512_bf16,
                                      integer_avx512_vnni,
                                      avx512_bf16::decode,
                                      plain_avx512_bf16,
                                      activate_avx512,
                                      nullptr,
                                      nullptr,
                                      false};

}  // namespace switchyard::kernels::cpu
