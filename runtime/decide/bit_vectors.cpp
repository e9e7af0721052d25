#include "runtime/decide/bit_vectors.h"

#include <bit>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace switchyard {
namespace {

constexpr std::uint32_t kNoBox = ~0u;

// Writes where each fact's row is; returns how many there are.
[[gnu::always_inline]] inline std::uint32_t find_rows(const BlockView& block, const Inputs& inputs,
                                                      const std::uint64_t** rows) {
  std::uint32_t count = 0;
  for (const ArrayBitFact& fact : block.array_bit_facts) {
    std::int32_t code;
    std::memcpy(&code, inputs.facts + fact.offset, sizeof code);
    const auto index = static_cast<std::uint32_t>(code) - static_cast<std::uint32_t>(fact.low);
    rows[count++] = fact.rows + std::size_t{fact.array[index]} * block.row_words;
  }
  for (const BitFact& fact : block.other_bit_facts) {
    const std::uint32_t row = class_of(inputs.table.axes[fact.fact], inputs.code(fact.fact));
    rows[count++] = fact.rows + std::size_t{row} * block.row_words;
  }
  return count;
}

std::uint32_t first_box_portable(const std::uint64_t* const* rows, std::uint32_t count,
                                 std::uint32_t words) {
  using Pair = std::uint64_t __attribute__((vector_size(16)));
  const auto load = [](const std::uint64_t* from) { return *reinterpret_cast<const Pair*>(from); };
  for (std::uint32_t w = 0; w < words; w += 8) {
    Pair a = load(rows[0] + w), b = load(rows[0] + w + 2);
    Pair c = load(rows[0] + w + 4), d = load(rows[0] + w + 6);
    for (std::uint32_t i = 1; i < count; ++i) {
      const std::uint64_t* row = rows[i] + w;
      a &= load(row);
      b &= load(row + 2);
      c &= load(row + 4);
      d &= load(row + 6);
    }
    const std::uint64_t found[8] = {a[0], a[1], b[0], b[1], c[0], c[1], d[0], d[1]};
    for (std::uint32_t lane = 0; lane < 8; ++lane) {
      if (found[lane] != 0) {
        return (w + lane) * 64 + static_cast<std::uint32_t>(std::countr_zero(found[lane]));
      }
    }
  }
  return kNoBox;
}

#if defined(__x86_64__)

[[gnu::target("avx2")]] std::uint32_t first_box_avx2(const std::uint64_t* const* rows,
                                                     std::uint32_t count, std::uint32_t words) {
  for (std::uint32_t w = 0; w < words; w += 8) {
    const auto* first = reinterpret_cast<const __m256i*>(rows[0] + w);
    __m256i low = _mm256_load_si256(first);
    __m256i high = _mm256_load_si256(first + 1);
    for (std::uint32_t i = 1; i < count; ++i) {
      const auto* row = reinterpret_cast<const __m256i*>(rows[i] + w);
      low = _mm256_and_si256(low, _mm256_load_si256(row));
      high = _mm256_and_si256(high, _mm256_load_si256(row + 1));
    }
    const __m256i any = _mm256_or_si256(low, high);
    if (_mm256_testz_si256(any, any) != 0) continue;
    alignas(32) std::uint64_t found[8];
    _mm256_store_si256(reinterpret_cast<__m256i*>(found), low);
    _mm256_store_si256(reinterpret_cast<__m256i*>(found + 4), high);
    for (std::uint32_t lane = 0; lane < 8; ++lane) {
      if (found[lane] != 0) {
        return (w + lane) * 64 + static_cast<std::uint32_t>(std::countr_zero(found[lane]));
      }
    }
  }
  return kNoBox;
}

[[gnu::target("avx512f")]] std::uint32_t first_box_avx512(const std::uint64_t* const* rows,
                                                          std::uint32_t count,
                                                          std::uint32_t words) {
  for (std::uint32_t w = 0; w < words; w += 8) {
    __m512i all = _mm512_load_si512(rows[0] + w);
    for (std::uint32_t i = 1; i < count; ++i) {
      all = _mm512_and_si512(all, _mm512_load_si512(rows[i] + w));
    }
    const unsigned lanes = _mm512_test_epi64_mask(all, all);
    if (lanes == 0) continue;
    const auto lane = static_cast<std::uint32_t>(std::countr_zero(lanes));
    const auto word = static_cast<std::uint64_t>(all[lane]);
    return (w + lane) * 64 + static_cast<std::uint32_t>(std::countr_zero(word));
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
  const std::uint64_t* rows[format::kMaxBitFacts];
  const std::uint32_t count = find_rows(block, inputs, rows);
  const std::uint32_t undecided = inputs.table.decisions.back().leaf;
  // Without a restriction every box holds everywhere, and the first one decides.
  if (count == 0) return block.boxes == 0 ? undecided : block.box_leaves[0];
  std::uint32_t box = kNoBox;
  switch (unit) {
#if defined(__x86_64__)
    case VectorUnit::kAvx512: box = first_box_avx512(rows, count, block.row_words); break;
    case VectorUnit::kAvx2: box = first_box_avx2(rows, count, block.row_words); break;
#else
    case VectorUnit::kAvx512:
    case VectorUnit::kAvx2:
#endif
    case VectorUnit::kPortable: box = first_box_portable(rows, count, block.row_words); break;
  }
  return box == kNoBox ? undecided : block.box_leaves[box];
}

}  // namespace switchyard
