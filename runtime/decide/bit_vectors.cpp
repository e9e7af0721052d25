#include "runtime/decide/bit_vectors.h"

#include <bit>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace switchyard {
namespace {

constexpr std::uint32_t kNoBox = ~0u;

// Where the row of a fact's class is.
[[gnu::always_inline]] inline const std::uint64_t* row_of(const ArrayBitFact& fact,
                                                          const BlockView& block,
                                                          const Inputs& inputs) {
  std::uint32_t code;
  std::memcpy(&code, inputs.facts + fact.offset, sizeof code);
  const std::uint32_t row = fact.array[code - static_cast<std::uint32_t>(fact.low)];
  return fact.rows + std::size_t{row} * block.row_words;
}
[[gnu::always_inline]] inline const std::uint64_t* row_of(const BitFact& fact,
                                                          const BlockView& block,
                                                          const Inputs& inputs) {
  const std::uint32_t row = class_of(inputs.table.axes[fact.fact], inputs.code(fact.fact));
  return fact.rows + std::size_t{row} * block.row_words;
}

// The first box among eight words of which some bit is set.
[[gnu::always_inline]] inline std::uint32_t box_in(const std::uint64_t (&found)[8],
                                                   std::uint32_t first_word) {
  std::uint32_t lane = 0;
  while (found[lane] == 0) ++lane;
  return (first_word + lane) * 64 + static_cast<std::uint32_t>(std::countr_zero(found[lane]));
}

// The three scans are the same: the first eight words of every row while the rows are being found,
// which overlaps both, then eight words at a time until some box is left. There is at least one row.

std::uint32_t first_box_portable(const BlockView& block, const Inputs& inputs) {
  using Pair = std::uint64_t __attribute__((vector_size(16)));
  const std::uint64_t* rows[format::kMaxBitFacts];
  std::uint32_t count = 0;
  Pair all[4];
  for (Pair& part : all) part = ~Pair{};
  const auto take = [&](const std::uint64_t* row) {
    for (int i = 0; i < 4; ++i) all[i] &= *reinterpret_cast<const Pair*>(row + 2 * i);
  };
  for (const ArrayBitFact& fact : block.array_bit_facts) {
    rows[count] = row_of(fact, block, inputs);
    take(rows[count++]);
  }
  for (const BitFact& fact : block.other_bit_facts) {
    rows[count] = row_of(fact, block, inputs);
    take(rows[count++]);
  }
  for (std::uint32_t w = 0;;) {
    const Pair any = all[0] | all[1] | all[2] | all[3];
    if ((any[0] | any[1]) != 0) {
      std::uint64_t found[8];
      std::memcpy(found, all, sizeof found);
      return box_in(found, w);
    }
    w += 8;
    if (w == block.row_words) return kNoBox;
    for (Pair& part : all) part = ~Pair{};
    for (std::uint32_t i = 0; i < count; ++i) take(rows[i] + w);
  }
}

#if defined(__x86_64__)

// Up to 1,024 boxes need no second pass: both halves of a row are taken while it is found.
[[gnu::target("avx2")]] std::uint32_t first_of_sixteen_words_avx2(const BlockView& block,
                                                                  const Inputs& inputs) {
  __m256i all[4];
  for (__m256i& part : all) part = _mm256_set1_epi64x(-1);
  for (const ArrayBitFact& fact : block.array_bit_facts) {
    const auto* row = reinterpret_cast<const __m256i*>(row_of(fact, block, inputs));
    for (int i = 0; i < 4; ++i) all[i] = _mm256_and_si256(all[i], _mm256_load_si256(row + i));
  }
  for (const BitFact& fact : block.other_bit_facts) {
    const auto* row = reinterpret_cast<const __m256i*>(row_of(fact, block, inputs));
    for (int i = 0; i < 4; ++i) all[i] = _mm256_and_si256(all[i], _mm256_load_si256(row + i));
  }
  for (std::uint32_t half = 0; half < 2; ++half) {
    const __m256i any = _mm256_or_si256(all[2 * half], all[2 * half + 1]);
    if (_mm256_testz_si256(any, any) != 0) continue;
    alignas(32) std::uint64_t found[8];
    _mm256_store_si256(reinterpret_cast<__m256i*>(found), all[2 * half]);
    _mm256_store_si256(reinterpret_cast<__m256i*>(found + 4), all[2 * half + 1]);
    return box_in(found, half * 8);
  }
  return kNoBox;
}

[[gnu::target("avx2")]] std::uint32_t first_box_avx2(const BlockView& block, const Inputs& inputs) {
  if (block.row_words == 16) return first_of_sixteen_words_avx2(block, inputs);
  const std::uint64_t* rows[format::kMaxBitFacts];
  std::uint32_t count = 0;
  __m256i low = _mm256_set1_epi64x(-1), high = low;
  for (const ArrayBitFact& fact : block.array_bit_facts) {
    const auto* row = reinterpret_cast<const __m256i*>(rows[count++] = row_of(fact, block, inputs));
    low = _mm256_and_si256(low, _mm256_load_si256(row));
    high = _mm256_and_si256(high, _mm256_load_si256(row + 1));
  }
  for (const BitFact& fact : block.other_bit_facts) {
    const auto* row = reinterpret_cast<const __m256i*>(rows[count++] = row_of(fact, block, inputs));
    low = _mm256_and_si256(low, _mm256_load_si256(row));
    high = _mm256_and_si256(high, _mm256_load_si256(row + 1));
  }
  for (std::uint32_t w = 0;;) {
    const __m256i any = _mm256_or_si256(low, high);
    if (_mm256_testz_si256(any, any) == 0) {
      alignas(32) std::uint64_t found[8];
      _mm256_store_si256(reinterpret_cast<__m256i*>(found), low);
      _mm256_store_si256(reinterpret_cast<__m256i*>(found + 4), high);
      return box_in(found, w);
    }
    w += 8;
    if (w == block.row_words) return kNoBox;
    low = high = _mm256_set1_epi64x(-1);
    for (std::uint32_t i = 0; i < count; ++i) {
      const auto* row = reinterpret_cast<const __m256i*>(rows[i] + w);
      low = _mm256_and_si256(low, _mm256_load_si256(row));
      high = _mm256_and_si256(high, _mm256_load_si256(row + 1));
    }
  }
}

[[gnu::target("avx512f"), gnu::always_inline]] inline std::uint32_t box_in(__m512i found,
                                                                           unsigned lanes,
                                                                           std::uint32_t word) {
  const auto lane = static_cast<std::uint32_t>(std::countr_zero(lanes));
  const auto bits = static_cast<std::uint64_t>(found[lane]);
  return (word + lane) * 64 + static_cast<std::uint32_t>(std::countr_zero(bits));
}

// Up to 1,024 boxes need no second pass: both halves of a row are taken while it is found.
[[gnu::target("avx512f")]] std::uint32_t first_of_sixteen_words_avx512(const BlockView& block,
                                                                       const Inputs& inputs) {
  __m512i low = _mm512_set1_epi64(-1), high = low;
  for (const ArrayBitFact& fact : block.array_bit_facts) {
    const std::uint64_t* row = row_of(fact, block, inputs);
    low = _mm512_and_si512(low, _mm512_load_si512(row));
    high = _mm512_and_si512(high, _mm512_load_si512(row + 8));
  }
  for (const BitFact& fact : block.other_bit_facts) {
    const std::uint64_t* row = row_of(fact, block, inputs);
    low = _mm512_and_si512(low, _mm512_load_si512(row));
    high = _mm512_and_si512(high, _mm512_load_si512(row + 8));
  }
  if (const unsigned lanes = _mm512_test_epi64_mask(low, low)) return box_in(low, lanes, 0);
  if (const unsigned lanes = _mm512_test_epi64_mask(high, high)) return box_in(high, lanes, 8);
  return kNoBox;
}

[[gnu::target("avx512f")]] std::uint32_t first_box_avx512(const BlockView& block,
                                                          const Inputs& inputs) {
  if (block.row_words == 16) return first_of_sixteen_words_avx512(block, inputs);
  const std::uint64_t* rows[format::kMaxBitFacts];
  std::uint32_t count = 0;
  __m512i all = _mm512_set1_epi64(-1);
  for (const ArrayBitFact& fact : block.array_bit_facts) {
    rows[count] = row_of(fact, block, inputs);
    all = _mm512_and_si512(all, _mm512_load_si512(rows[count++]));
  }
  for (const BitFact& fact : block.other_bit_facts) {
    rows[count] = row_of(fact, block, inputs);
    all = _mm512_and_si512(all, _mm512_load_si512(rows[count++]));
  }
  for (std::uint32_t w = 0;;) {
    const unsigned lanes = _mm512_test_epi64_mask(all, all);
    if (lanes != 0) return box_in(all, lanes, w);
    w += 8;
    if (w == block.row_words) return kNoBox;
    all = _mm512_set1_epi64(-1);
    for (std::uint32_t i = 0; i < count; ++i) {
      all = _mm512_and_si512(all, _mm512_load_si512(rows[i] + w));
    }
  }
}

#endif

VectorUnit find_vector_unit() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f")) return VectorUnit::kAvx512;
  if (__builtin_cpu_supports("avx2")) return VectorUnit::kAvx2;
#endif
  return VectorUnit::kPortable;
}

}  // namespace

VectorUnit best_vector_unit() noexcept {
  static const VectorUnit unit = find_vector_unit();
  return unit;
}

std::uint32_t scan_bits(const BlockView& block, const Inputs& inputs, VectorUnit unit) noexcept {
  const std::uint32_t undecided = inputs.table.decisions.back().leaf;
  // Without a restriction every box holds everywhere, and the first one decides.
  if (block.array_bit_facts.empty() && block.other_bit_facts.empty()) {
    return block.boxes == 0 ? undecided : block.box_leaves[0];
  }
  std::uint32_t box = kNoBox;
  switch (unit) {
#if defined(__x86_64__)
    case VectorUnit::kAvx512: box = first_box_avx512(block, inputs); break;
    case VectorUnit::kAvx2: box = first_box_avx2(block, inputs); break;
#else
    case VectorUnit::kAvx512:
    case VectorUnit::kAvx2:
#endif
    case VectorUnit::kPortable: box = first_box_portable(block, inputs); break;
  }
  return box == kNoBox ? undecided : block.box_leaves[box];
}

}  // namespace switchyard
