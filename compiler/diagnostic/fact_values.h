#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace switchyard {

// Values of an int or a version, both ends included, as the language spells them: all of them
// (modulus 1), or those whose remainder is listed.
struct FactRange {
  std::string low, high;
  std::int64_t modulus = 1;
  std::vector<std::int64_t> remainders = {};  // ascending, in 0 .. modulus - 1 (of negative values too)
  friend bool operator==(const FactRange&, const FactRange&) = default;
};

// The sets of flags that have all of these symbols and none of those; the others may be there or not.
struct FactFlags {
  std::vector<std::string> has, lacks;  // in declaration order
  friend bool operator==(const FactFlags&, const FactFlags&) = default;
};

// What a region says of one fact: for reports, JSON and comparisons by people. The one list that
// belongs to its kind says it exactly; lists are complete and ascending by code, their elements disjoint.
struct FactValues {
  enum class Kind : std::uint8_t { kBool, kSymbols, kInt, kVersion, kFlags };

  std::string fact;
  Kind kind = Kind::kBool;           // kSymbols: enum, name, switch, decision
  std::vector<std::string> symbols;  // kBool ("true"), kSymbols; `other` for any unlisted name
  std::vector<FactRange> ranges;     // kInt, kVersion
  std::vector<FactFlags> flags;      // kFlags
  std::string text;  // as the language writes it ("tokens in 1 .. 16", "not aiter"); lists of more
                     // than 12 are cut short with "..."
  friend bool operator==(const FactValues&, const FactValues&) = default;
};

// The facts that a box restricts, in declaration order; none: any input.
using BoxValues = std::vector<FactValues>;

}  // namespace switchyard
