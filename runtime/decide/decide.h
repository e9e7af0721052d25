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

template <std::uint32_t kFacts>
[[gnu::always_inline]] inline Decision decide_dense(const DensePlan& plan,
                                                    const void* facts) noexcept {
  std::uint32_t cell = 0;
  for (std::uint32_t f = 0; f < kFacts; ++f) {
    const DensePlan::Fact& fact = plan.fact[f];
    std::uint32_t code;  // copied: the members may be enums of int32
    std::memcpy(&code, static_cast<const unsigned char*>(facts) + 4 * f, sizeof code);
    code -= static_cast<std::uint32_t>(fact.low);
    if (code > fact.span) [[unlikely]] {
      return {Decision::Kind::kBadFact, Decision::kNone, f, Decision::kNone};
    }
    cell += fact.lut[code];
  }
  return plan.decisions[plan.cells[cell]];
}

}  // namespace detail

// The policy's decision for these facts.
inline Decision decide(const Table& table, const void* facts) noexcept {
  const DensePlan& plan = table.plan();
  switch (plan.facts) {
    case 1: return detail::decide_dense<1>(plan, facts);
    case 2: return detail::decide_dense<2>(plan, facts);
    case 3: return detail::decide_dense<3>(plan, facts);
    case 4: return detail::decide_dense<4>(plan, facts);
    case 5: return detail::decide_dense<5>(plan, facts);
    case 6: return detail::decide_dense<6>(plan, facts);
    case 7: return detail::decide_dense<7>(plan, facts);
    case 8: return detail::decide_dense<8>(plan, facts);
    default: return decide_general(table, facts);
  }
}

}  // namespace switchyard
