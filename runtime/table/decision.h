#pragma once

#include <cstdint>
#include <string_view>
#include <type_traits>

namespace switchyard {

// The answer to one combination of facts. A refusal and an excluded combination are answers too.
struct Decision {
  enum class Kind : std::uint8_t {
    kTarget,     // run the outcome's target
    kRefused,    // a rule refuses
    kExcluded,   // an `assume` rules this combination out
    kUndecided,  // no rule matches (the compiler lets no such policy through)
    kBadFact,    // a fact is outside its domain
  };
  static constexpr std::uint32_t kNone = ~std::uint32_t{0};

  Kind kind = Kind::kUndecided;
  std::uint32_t leaf = kNone;     // the deciding row; kNone for kBadFact
  // kTarget, kRefused: index into Table::outcomes; kExcluded: into Table::assumptions, the first
  // one violated; kBadFact: into Table::facts, the first one outside; kUndecided: kNone.
  std::uint32_t index = kNone;
  std::uint32_t rule = kNone;     // kTarget, kRefused: index into Table::rules

  friend bool operator==(const Decision&, const Decision&) = default;
};
static_assert(sizeof(Decision) == 16 && std::is_trivially_copyable_v<Decision>);

// For people: "target", "refused", "excluded", "undecided", "bad fact".
constexpr std::string_view name_of(Decision::Kind kind) {
  switch (kind) {
    case Decision::Kind::kTarget: return "target";
    case Decision::Kind::kRefused: return "refused";
    case Decision::Kind::kExcluded: return "excluded";
    case Decision::Kind::kUndecided: return "undecided";
    case Decision::Kind::kBadFact: break;
  }
  return "bad fact";
}

}  // namespace switchyard
