#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

// The policy of the speed targets: random conjunctive rules over 40 facts (16 bool, 14 enum of 8,
// 10 int 0 .. 4095), 6 to 10 conditions a rule, as policy text and as C++. The same seed gives the
// same rules.
namespace switchyard::bench {

inline constexpr int kBools = 16, kEnums = 14, kInts = 10;
inline constexpr int kFacts = kBools + kEnums + kInts;
inline constexpr int kEnumSymbols = 8;
inline constexpr int kIntHigh = 4095;
inline constexpr int kTargets = 16;
inline constexpr std::size_t kRandomRules = 1'000;
inline constexpr std::uint64_t kRandomSeed = 20261123;

struct Condition {
  int fact;
  int low, high;       // bool: the value, twice; int: the range
  std::uint32_t mask;  // enum: bit s for symbol s
};

struct RandomRule {
  std::vector<Condition> conditions;  // ascending by fact
  int target;
};

// Rules of `fewest` to `most` conditions.
std::vector<RandomRule> random_rules(std::size_t count, std::uint64_t seed, int fewest = 6,
                                     int most = 10);

std::string fact_name(int fact);
int fact_high(int fact);

// The rules and an `otherwise`.
std::string policy_text(const std::vector<RandomRule>& rules);

// `int NAME(const std::int32_t* facts)`, a chain of `if`s that returns the target, as somebody would
// write it by hand.
std::string if_chain(const std::vector<RandomRule>& rules, const std::string& name);

}  // namespace switchyard::bench
