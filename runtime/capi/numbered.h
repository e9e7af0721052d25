#pragma once

#include <cstddef>
#include <cstdint>

#include <fmt/format.h>

#include "runtime/capi/barrier.h"

namespace switchyard::capi {

// "fact 7 does not exist: there are 5, numbered from 0".
inline Outcome outside(const char* what, std::uint32_t index, std::size_t count) {
  if (index < count) return kDone;
  return invalid(
      fmt::format("{} {} does not exist: there are {}, numbered from 0", what, index, count));
}

}  // namespace switchyard::capi
