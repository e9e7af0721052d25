#include "runtime/decide/bit_vectors.h"

#include <bit>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace switchyard {
namespace {

constexpr std::uint32_t kNoBox = ~0u;

// The rows of the facts' classes, in the order of the block's lists.
using Rows = const std::uint64_t* [format::kMaxBitFacts];

// By declared fact, where its row is; right for the direct ones. A loop that vectorises.
[[gnu::always_inline]] inline void find_direct_rows(const DirectRows& direct,
                                                    const unsigned char* facts,
                                                    std::uint64_t (&address)[kMaxDirectFacts]) {
  const std::size_t count = direct.low.size();
  const std::uint64_t* first = direct.address.data();
  const std::uint32_t* stride = direct.stride.data();
  const std::int32_t* low = direct.low.data();
  for (std::size_t i = 0; i < count; ++i) {
    std::uint32_t code;
    std::memcpy(&code, facts + 4 * i, sizeof code);
    address[i] = first[i] + std::uint64_t{code - static_cast<std::uint32_t>(low[i])} * stride[i];
  }
}

// Finds all rows before any is read: facts with many classes first, whose rows are on their way from
// a farther cache while the others are ANDed. Inlined into each scan, so that the direct rows are
// found with its vector unit. Returns how many there are, at least one.
[[gnu::always_inline]] inline std::uint32_t find_rows(const BlockView& block, const Inputs& inputs,
                                                      Rows& rows) {
  std::uint32_t count = 0;
  std::uint64_t address[kMaxDirectFacts];
  find_direct_rows(block.direct, inputs.facts, address);
  for (const ArrayBitFact& fact : block.array_bit_facts) {
    std::uint32_t code;
    std::memcpy(&code, inputs.facts + fact.offset, sizeof code);
    const std::uint32_t row = fact.array[code - static_cast<std::uint32_t>(fact.low)];
    rows[count++] = fact.rows + std::size_t{row} * block.row_words;
  }
  for (const BitFact& fact : block.other_bit_facts) {
    const std::uint32_t row = class_of(inputs.table.axes[fact.fact], inputs.code(fact.fact));
    rows[count++] = fact.rows + std::size_t{row} * block.row_words;
  }
  for (const std::uint16_t fact : block.direct.facts) {
    rows[count++] = reinterpret_cast<const std::uint64_t*>(address[fact]);
  }
  return count;
}

// The first box among eight words of which some bit is set.
[[gnu::always_inline]] inline std::uint32_t box_in(const std::uint64_t (&found)[8],
                                                   std::uint32_t first_word) {
  std::uint32_t lane = 0;
  while (found[lane] == 0) ++lane;
  return (first_word + lane) * 64 + static_cast<std::uint32_t>(std::countr_zero(found[lane]));
}

// The scans are the same: eight words of every row at a time, until some box is left. Up to 1,024
// boxes (16 words) both halves are taken in one pass, since most inputs of such tables need both.

std::uint32_t first_box_portable(const BlockView& block, const Inputs& inputs) {
  using Pair = std::uint64_t __attribute__((vector_size(16)));
  Rows rows;
  const std::uint32_t count = find_rows(block, inputs, rows);
  for (std::uint32_t w = 0; w < block.row_words; w += 8) {
    Pair all[4];
    for (Pair& part : all) part = ~Pair{};
    for (std::uint32_t i = 0; i < count; ++i) {
      const auto* row = reinterpret_cast<const Pair*>(rows[i] + w);
      for (int part = 0; part < 4; ++part) all[part] &= row[part];
    }
    const Pair any = all[0] | all[1] | all[2] | all[3];
    if ((any[0] | any[1]) == 0) continue;
    std::uint64_t found[8];
    std::memcpy(found, all, sizeof found);
    return box_in(found, w);
  }
  return kNoBox;
}

#if defined(__x86_64__)

[[gnu::target("avx2"), gnu::always_inline]] inline std::uint32_t box_in(__m256i low, __m256i high,
                                                                        std::uint32_t word) {
  const __m256i any = _mm256_or_si256(low, high);
  if (_mm256_testz_si256(any, any) != 0) return kNoBox;
  alignas(32) std::uint64_t found[8];
  _mm256_store_si256(reinterpret_cast<__m256i*>(found), low);
  _mm256_store_si256(reinterpret_cast<__m256i*>(found + 4), high);
  return box_in(found, word);
}

[[gnu::target("avx2")]] std::uint32_t first_box_avx2(const BlockView& block, const Inputs& inputs) {
  Rows rows;
  const std::uint32_t count = find_rows(block, inputs, rows);
  if (block.row_words == 16) {
    __m256i all[4];
    for (__m256i& part : all) part = _mm256_set1_epi64x(-1);
    for (std::uint32_t i = 0; i < count; ++i) {
      const auto* row = reinterpret_cast<const __m256i*>(rows[i]);
      for (int part = 0; part < 4; ++part) {
        all[part] = _mm256_and_si256(all[part], _mm256_load_si256(row + part));
      }
    }
    const std::uint32_t box = box_in(all[0], all[1], 0);
    return box != kNoBox ? box : box_in(all[2], all[3], 8);
  }
  for (std::uint32_t w = 0; w < block.row_words; w += 8) {
    __m256i low = _mm256_set1_epi64x(-1), high = low;
    for (std::uint32_t i = 0; i < count; ++i) {
      const auto* row = reinterpret_cast<const __m256i*>(rows[i] + w);
      low = _mm256_and_si256(low, _mm256_load_si256(row));
      high = _mm256_and_si256(high, _mm256_load_si256(row + 1));
    }
    if (const std::uint32_t box = box_in(low, high, w); box != kNoBox) return box;
  }
  return kNoBox;
}

[[gnu::target("avx512f"), gnu::always_inline]] inline std::uint32_t box_in(__m512i found,
                                                                           std::uint32_t word) {
  const unsigned lanes = _mm512_test_epi64_mask(found, found);
  if (lanes == 0) return kNoBox;
  const auto lane = static_cast<std::uint32_t>(std::countr_zero(lanes));
  const auto bits = static_cast<std::uint64_t>(found[lane]);
  return (word + lane) * 64 + static_cast<std::uint32_t>(std::countr_zero(bits));
}

[[gnu::target("avx512f")]] std::uint32_t first_box_avx512(const BlockView& block,
                                                          const Inputs& inputs) {
  Rows rows;
  const std::uint32_t count = find_rows(block, inputs, rows);
  if (block.row_words == 16) {
    __m512i low = _mm512_set1_epi64(-1), high = low;
    for (std::uint32_t i = 0; i < count; ++i) {
      low = _mm512_and_si512(low, _mm512_load_si512(rows[i]));
      high = _mm512_and_si512(high, _mm512_load_si512(rows[i] + 8));
    }
    const std::uint32_t box = box_in(low, 0);
    return box != kNoBox ? box : box_in(high, 8);
  }
  for (std::uint32_t w = 0; w < block.row_words; w += 8) {
    __m512i all = _mm512_set1_epi64(-1);
    for (std::uint32_t i = 0; i < count; ++i) {
      all = _mm512_and_si512(all, _mm512_load_si512(rows[i] + w));
    }
    if (const std::uint32_t box = box_in(all, w); box != kNoBox) return box;
  }
  return kNoBox;
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
  if (block.array_bit_facts.empty() && block.other_bit_facts.empty() &&
      block.direct.facts.empty()) {
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
