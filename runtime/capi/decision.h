#pragma once

#include <string_view>

#include "include/switchyard.h"
#include "runtime/capi/barrier.h"
#include "runtime/table/decision.h"
#include "runtime/table/table.h"

// Decisions as C sees them.
namespace switchyard::capi {

static_assert(static_cast<int>(Decision::Kind::kTarget) == SWITCHYARD_TARGET);
static_assert(static_cast<int>(Decision::Kind::kRefused) == SWITCHYARD_REFUSE);
static_assert(static_cast<int>(Decision::Kind::kExcluded) == SWITCHYARD_EXCLUDED);
static_assert(static_cast<int>(Decision::Kind::kUndecided) == SWITCHYARD_UNDECIDED);
static_assert(static_cast<int>(Decision::Kind::kBadFact) == SWITCHYARD_BAD_VALUE);
static_assert(Decision::kNone == SWITCHYARD_NONE);

inline switchyard_decision to_c(const Decision& decision) noexcept {
  return {static_cast<std::uint8_t>(decision.kind),
          {0, 0, 0},
          decision.leaf,
          decision.index,
          decision.rule};
}
inline Decision from_c(const switchyard_decision& decision) noexcept {
  return {static_cast<Decision::Kind>(decision.kind), decision.leaf, decision.index, decision.rule};
}

// What is wrong with a decision that `table` cannot have made, if anything.
Outcome not_of(const Table& table, const switchyard_decision& decision);

// The rule or assumption; empty texts where there is neither.
switchyard_rule rule_of(const Table& table, const Decision& decision);

}  // namespace switchyard::capi
