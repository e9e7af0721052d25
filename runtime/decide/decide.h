#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "runtime/base/export.h"
#include "runtime/table/decision.h"
#include "runtime/table/plan.h"
#include "runtime/table/table.h"

// Asking a table. `facts` points at a struct as Table::facts() lays it out (`policyc --emit=cpp`
// writes it as a C++ type; FactRow fills one by name). Nothing here allocates, throws, locks or
// keeps state, so that any number of threads may decide with one table.
namespace switchyard {

// The instruction sets that the bit vectors are scanned with.
enum class VectorUnit : std::uint8_t { kPortable, kAvx2, kAvx512 };

// The best one of this machine; asked once.
SWITCHYARD_EXPORT VectorUnit best_vector_unit() noexcept;

// `decide` without the inline path: every engine.
SWITCHYARD_EXPORT Decision decide_general(const Table& table, const void* facts) noexcept;

// The same with a given vector unit, which this machine must have. For tests and benchmarks.
SWITCHYARD_EXPORT Decision decide_general(const Table& table, const void* facts,
                                          VectorUnit unit) noexcept;

// The decision of one block (index into Table::blocks). An earlier block's refusal, or an
// assumption's exclusion, is its decision too.
SWITCHYARD_EXPORT Decision decide_block(const Table& table, std::uint32_t block,
                                        const void* facts) noexcept;

// decisions[i] = decide(table, facts + i * facts_size). `facts_size` is Table::facts_size().
SWITCHYARD_EXPORT void decide_batch(const Table& table, const void* facts, std::size_t facts_size,
                                    std::size_t count, Decision* decisions) noexcept;

namespace detail {

#if defined(__GNUC__) && !defined(__clang__)
// Where a caller's struct has fewer members than a plan may have, g++ 12 warns of reads behind it,
// which the number of facts rules out.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Warray-bounds"
#endif

// Adds fact kFact and those behind it to `cell`, an offset in bytes, and reads the decision there.
// A chain rather than a loop, so that offsets are constants; its tests are alike for one table and
// therefore well predicted.
template <std::uint32_t kFact>
[[gnu::always_inline]] inline Decision decide_dense(const DensePlan& plan, const void* facts,
                                                    std::size_t cell) noexcept {
  const DensePlan::Fact& fact = plan.fact[kFact];
  std::uint32_t code;  // copied: the members may be enums of int32
  std::memcpy(&code, static_cast<const unsigned char*>(facts) + 4 * kFact, sizeof code);
  code -= static_cast<std::uint32_t>(fact.low);
  if (code > fact.span) [[unlikely]] {
    return {Decision::Kind::kBadFact, Decision::kNone, kFact, Decision::kNone};
  }
  cell += fact.lut[code];
  if constexpr (kFact + 1 < DensePlan::kMaxFacts) {
    if (plan.facts != kFact + 1) return decide_dense<kFact + 1>(plan, facts, cell);
  }
  Decision decision;
  std::memcpy(&decision, reinterpret_cast<const unsigned char*>(plan.cells) + cell, sizeof decision);
  return decision;
}

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif

}  // namespace detail

// The policy's decision for these facts.
inline Decision decide(const Table& table, const void* facts) noexcept {
  const DensePlan& plan = table.plan();
  if (plan.facts == 0) return decide_general(table, facts);
  return detail::decide_dense<0>(plan, facts, 0);
}

}  // namespace switchyard
