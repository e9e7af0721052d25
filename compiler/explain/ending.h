#pragma once

#include <cstdint>

#include "compiler/sema/model.h"

namespace switchyard {

// What the policy, or one block, comes to: what must differ for a decision to be another one. Rules
// and reasons do not count. kOpen: no rule decides.
struct Ending {
  enum class Kind : std::uint8_t { kTarget, kRefused, kExcluded, kOpen } kind = Kind::kOpen;
  OutcomeId outcome = 0;  // kTarget
  friend auto operator<=>(const Ending&, const Ending&) = default;
};

// Of a leaf (LeafCodes).
Ending ending_of(const Model& model, std::uint32_t leaf);

}  // namespace switchyard
