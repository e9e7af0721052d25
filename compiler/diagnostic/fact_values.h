#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace switchyard {

// What a region says of one fact, as plain text: for reports, JSON and comparisons by people.
// Lists are complete and ascending by code.
struct FactValues {
  enum class Kind : std::uint8_t { kBool, kSymbols, kInt, kVersion, kFlags };

  std::string fact;
  Kind kind = Kind::kBool;          // kSymbols: enum, name, switch, decision
  std::vector<std::string> symbols;  // kBool ("true"), kSymbols; `other` for any unlisted name
  std::vector<std::pair<std::string, std::string>> ranges;  // kInt, kVersion: inclusive, as spelled
  std::string text;       // always: as the language writes it ("tokens in 1 .. 16", "not aiter");
                          // lists of more than 12 are cut short with "..."
  bool listable = false;  // `symbols` or `ranges` say it exactly; else (residues, flags) both are
                          // empty and `text` is all there is
  friend bool operator==(const FactValues&, const FactValues&) = default;
};

// The facts that a box restricts, in declaration order; none: any input.
using BoxValues = std::vector<FactValues>;

}  // namespace switchyard
