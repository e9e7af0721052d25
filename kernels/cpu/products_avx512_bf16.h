#pragma once

#include <immintrin.h>

#include "kernels/cpu/products.h"

// Panels in registers, for the sources that are compiled for AVX512_BF16 (and AMX): everything is
// in an unnamed namespace, so that no other source gets a copy of it.
namespace switchyard::kernels::cpu {

// Compiled with kAvx512Bf16Products, and with kAvx512Products.
void integer_avx512_vnni(const Panel* panels, const Row* rows, std::size_t count,
                         float* const* out);
void activate_avx512(Activation activation, const float* gate, const float* up,
                     const float* gate_bias, const float* up_bias, std::size_t count,
                     float* const* h);

namespace avx512_bf16 {
namespace {

constexpr std::size_t kPrefetch = 2048;

// The pair of columns 2 * pair and 2 * pair + 1 in every lane.
inline __m512i pair_of(const std::uint16_t* row, std::size_t pair) {
  std::int32_t both;
  __builtin_memcpy(&both, row + 2 * pair, sizeof(both));
  return _mm512_set1_epi32(both);
}

// Ordinary scales of block b, one a lane: exponents of normal floats.
inline __m512 scales_of(const Panel& panel, std::size_t b) {
  const __m128i codes =
      _mm_load_si128(reinterpret_cast<const __m128i*>(panel.scales + b * kPanelRows));
  return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu8_epi32(codes), 23));
}

// bf16 of a value whose fraction has at most 7 bits.
constexpr std::uint16_t bf16_bits(float value) {
  return static_cast<std::uint16_t>(__builtin_bit_cast(std::uint32_t, value) >> 16);
}

template <int kExponentBits, int kFractionBits, int kBias>
constexpr float element(unsigned code) {
  const unsigned fraction = code & ((1u << kFractionBits) - 1);
  const unsigned exponent = (code >> kFractionBits) & ((1u << kExponentBits) - 1);
  float value = static_cast<float>(fraction) / (1u << kFractionBits) + (exponent > 0 ? 1.0f : 0.0f);
  for (unsigned e = exponent > 0 ? exponent : 1; e > static_cast<unsigned>(kBias); --e) value *= 2;
  for (unsigned e = exponent > 0 ? exponent : 1; e < static_cast<unsigned>(kBias); ++e) value /= 2;
  return (code >> (kFractionBits + kExponentBits)) != 0 ? -value : value;
}

struct Table {
  alignas(64) std::uint16_t values[64];
};

template <int kExponentBits, int kFractionBits, int kBias>
constexpr Table table() {
  constexpr unsigned codes = 2u << (kExponentBits + kFractionBits);
  Table result{};
  for (unsigned i = 0; i < 64; ++i) {
    result.values[i] = bf16_bits(element<kExponentBits, kFractionBits, kBias>(i % codes));
  }
  return result;
}

// `pair(group, j)`: columns 2j and 2j + 1 of the group as bf16, all rows.
struct Fp4 {
  using Group = __m512i;
  static constexpr Table kTable = table<2, 1, 1>();
  // 16 codes twice: an index's bit 4, which belongs to the next code, does not matter.
  __m512i values = _mm512_load_si512(kTable.values);

  Group group(const Panel& panel, std::size_t b, std::size_t g) const {
    const std::uint8_t* at = panel.elements + (b * 4 + g) * kGroupBytes;
    _mm_prefetch(at + kPrefetch, _MM_HINT_T0);
    return _mm512_load_si512(at);
  }
  __m512i pair(const Group& group, int j) const {
    return _mm512_permutexvar_epi16(_mm512_srli_epi16(group, static_cast<unsigned>(4 * j)), values);
  }
};

template <int kExponentBits>
struct Fp6 {
  struct Group {
    __m512i low, high;
  };
  static constexpr Table kTable = table < kExponentBits, 5 - kExponentBits,
                         kExponentBits == 3 ? 3 : 1 > ();
  __m512i first = _mm512_load_si512(kTable.values);
  __m512i second = _mm512_load_si512(kTable.values + 32);
  __m512i low_bits = _mm512_set1_epi16(0x0F);

  // The half's two bits of this group at bits 4 and 5 for j = 0, of j at 4 + 2j.
  Group group(const Panel& panel, std::size_t b, std::size_t g) const {
    const std::uint8_t* block = panel.elements + b * 6 * kGroupBytes;
    const __m512i high = _mm512_load_si512(block + (4 + g / 2) * kGroupBytes);
    const unsigned down = g % 2 == 0 ? 0 : 8;
    return {_mm512_load_si512(block + g * kGroupBytes), _mm512_srli_epi16(high, down)};
  }
  __m512i pair(const Group& group, int j) const {
    const __m512i low = _mm512_srli_epi16(group.low, static_cast<unsigned>(4 * j));
    const __m512i high = j < 2 ? _mm512_slli_epi16(group.high, static_cast<unsigned>(4 - 2 * j))
                               : _mm512_srli_epi16(group.high, static_cast<unsigned>(2 * j - 4));
    // low where low_bits, else high; the lookup reads six bits.
    const __m512i index = _mm512_ternarylogic_epi32(low_bits, low, high, 0xCA);
    return _mm512_permutex2var_epi16(first, index, second);
  }
};

// bf16 = element times scale, by adding exponents where the element is not zero.
template <typename Format>
void decode_of(const Panel& panel, std::uint16_t* values) {
  const Format format;
  const __m512i magnitude = _mm512_set1_epi16(0x7FFF);
  for (std::size_t b = 0; b < panel.blocks; ++b) {
    const __m128i codes =
        _mm_load_si128(reinterpret_cast<const __m128i*>(panel.scales + b * kPanelRows));
    const __m512i exponent =
        _mm512_slli_epi32(_mm512_sub_epi32(_mm512_cvtepu8_epi32(codes), _mm512_set1_epi32(127)), 7);
    const __m512i both = _mm512_or_si512(_mm512_and_si512(exponent, _mm512_set1_epi32(0xFFFF)),
                                         _mm512_slli_epi32(exponent, 16));
    for (std::size_t g = 0; g < 4; ++g) {
      const auto group = format.group(panel, b, g);
#pragma GCC unroll 4
      for (int j = 0; j < 4; ++j) {
        const __m512i w = format.pair(group, j);
        const __mmask32 nonzero = _mm512_test_epi16_mask(w, magnitude);
        _mm512_storeu_si512(
            values + ((b * 4 + g) * 4 + static_cast<std::size_t>(j)) * 2 * kPanelRows,
            _mm512_mask_add_epi16(w, nonzero, w, both));
      }
    }
  }
}

void decode(WeightFormat format, const Panel& panel, std::uint16_t* values) {
  switch (format) {
    case WeightFormat::mxfp4:
      return decode_of<Fp4>(panel, values);
    case WeightFormat::mxfp6_e3m2:
      return decode_of<Fp6<3>>(panel, values);
    case WeightFormat::mxfp6_e2m3:
      return decode_of<Fp6<2>>(panel, values);
  }
}

}  // namespace
}  // namespace avx512_bf16
}  // namespace switchyard::kernels::cpu
