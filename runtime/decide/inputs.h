#pragma once

#include <cstdint>
#include <cstring>

#include "runtime/table/view.h"

namespace switchyard {

// What a decider reads: the struct of facts, and what earlier blocks chose.
struct Inputs {
  const TableView& table;
  const unsigned char* facts;
  const std::uint32_t* decisions;  // codes by fact - declared facts; those of blocks not run: any

  [[gnu::always_inline]] std::int64_t code(std::uint32_t fact) const {
    if (fact >= table.facts.size()) return decisions[fact - table.facts.size()];
    return load(table.facts[fact]);
  }

  [[gnu::always_inline]] std::int64_t load(const FactView& fact) const {
    if (fact.wide) {
      std::int64_t code;
      std::memcpy(&code, facts + fact.offset, sizeof code);
      return code;
    }
    std::int32_t code;
    std::memcpy(&code, facts + fact.offset, sizeof code);
    return code;
  }
};

}  // namespace switchyard
