#pragma once

#include <cstddef>
#include <cstdint>

#include "runtime/table/decision.h"

namespace switchyard {

// What the inline part of `decide` reads: the dense array of a table with few, narrow facts and few
// cells, its leaves replaced by their decisions. Pointers are into the Table, which outlives it. Not
// an interface: read through decide.h only.
struct DensePlan {
  static constexpr std::uint32_t kMaxFacts = 8;

  struct Fact {
    const std::uint32_t* lut;  // [span + 1]: class times stride, in bytes of `cells`
    std::int32_t low;
    std::uint32_t span;        // high - low
  };
  std::uint32_t facts = 0;     // all declared facts, each an int32 at 4 * index; 0: not this way
  const Decision* cells = nullptr;
  Fact fact[kMaxFacts] = {};
};

}  // namespace switchyard
