#pragma once

#include <cstddef>
#include <cstdint>

#include "runtime/table/decision.h"

namespace switchyard {

// What the inline part of `decide` reads: the dense array of a table with few, narrow facts.
// Pointers are into the Table, which outlives it. Not an interface: read through decide.h only.
struct DensePlan {
  static constexpr std::size_t kMaxFacts = 8;

  struct Fact {
    const std::uint32_t* lut;  // [span + 1]: class times stride
    std::int32_t low;
    std::uint32_t span;        // high - low
  };
  std::uint32_t facts = 0;     // all declared facts, each an int32 at 4 * index; 0: not this way
  const std::uint16_t* cells = nullptr;    // leaf by sum of lut values
  const Decision* decisions = nullptr;     // by leaf
  Fact fact[kMaxFacts] = {};
};

}  // namespace switchyard
