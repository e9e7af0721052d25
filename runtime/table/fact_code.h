#pragma once

#include <cstdint>
#include <cstring>

#include "runtime/table/info.h"

namespace switchyard {

// A fact's code in a struct of facts.
inline std::int64_t code_in(const void* facts, const FactInfo& fact) {
  const auto* at = static_cast<const unsigned char*>(facts) + fact.offset;
  if (fact.width == 8) {
    std::int64_t wide = 0;
    std::memcpy(&wide, at, sizeof wide);
    return wide;
  }
  std::int32_t narrow = 0;
  std::memcpy(&narrow, at, sizeof narrow);
  return narrow;
}

}  // namespace switchyard
