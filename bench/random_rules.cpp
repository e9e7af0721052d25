#include "bench/random_rules.h"

#include <algorithm>
#include <random>

#include <fmt/format.h>

namespace switchyard::bench {

namespace {

bool is_bool(int fact) { return fact < kBools; }
bool is_enum(int fact) { return fact >= kBools && fact < kBools + kEnums; }

Condition random_condition(std::mt19937_64& random, int fact) {
  Condition out{fact, 0, 0, 0};
  const auto below = [&](std::uint64_t n) { return static_cast<int>(random() % n); };
  if (is_bool(fact)) {
    out.low = out.high = below(2);
  } else if (is_enum(fact)) {
    const int members = 2 + below(5);
    int count = 0;
    while (count < members) {
      const std::uint32_t bit = 1u << below(kEnumSymbols);
      count += (out.mask & bit) == 0 ? 1 : 0;
      out.mask |= bit;
    }
  } else {
    const int a = below(kIntHigh + 1), b = below(kIntHigh + 1);
    out.low = std::min(a, b);
    out.high = std::max(a, b);
    // A range over everything is no condition.
    if (out.low == 0 && out.high == kIntHigh) out.high -= 1;
  }
  return out;
}

std::string target_name(int target) { return fmt::format("t{}", target); }

std::string condition_text(const Condition& condition) {
  const std::string name = fact_name(condition.fact);
  if (is_bool(condition.fact)) return condition.low != 0 ? name : "not " + name;
  if (!is_enum(condition.fact)) return fmt::format("{} in {} .. {}", name, condition.low, condition.high);
  std::string symbols;
  for (int s = 0; s < kEnumSymbols; ++s) {
    if ((condition.mask >> s & 1) == 0) continue;
    symbols += fmt::format("{}s{}", symbols.empty() ? "" : ", ", s);
  }
  return fmt::format("{} in <{}>", name, symbols);
}

std::string condition_cpp(const Condition& condition) {
  const std::string fact = fmt::format("facts[{}]", condition.fact);
  if (is_bool(condition.fact)) return condition.low != 0 ? fact : "!" + fact;
  if (!is_enum(condition.fact)) {
    return fmt::format("{0} >= {1} && {0} <= {2}", fact, condition.low, condition.high);
  }
  std::string out;
  for (int s = 0; s < kEnumSymbols; ++s) {
    if ((condition.mask >> s & 1) == 0) continue;
    out += fmt::format("{}{} == {}", out.empty() ? "(" : " || ", fact, s);
  }
  return out + ")";
}

}  // namespace

std::string fact_name(int fact) {
  if (is_bool(fact)) return fmt::format("b{}", fact);
  if (is_enum(fact)) return fmt::format("e{}", fact - kBools);
  return fmt::format("n{}", fact - kBools - kEnums);
}

int fact_high(int fact) {
  if (is_bool(fact)) return 1;
  return is_enum(fact) ? kEnumSymbols - 1 : kIntHigh;
}

std::vector<RandomRule> random_rules(std::size_t count, std::uint64_t seed, int fewest, int most) {
  std::mt19937_64 random(seed);
  std::vector<RandomRule> rules(count);
  for (RandomRule& rule : rules) {
    const int conditions =
        fewest + static_cast<int>(random() % static_cast<unsigned>(most - fewest + 1));
    std::vector<int> facts;
    while (static_cast<int>(facts.size()) < conditions) {
      const int fact = static_cast<int>(random() % kFacts);
      if (std::find(facts.begin(), facts.end(), fact) == facts.end()) facts.push_back(fact);
    }
    std::sort(facts.begin(), facts.end());
    for (const int fact : facts) rule.conditions.push_back(random_condition(random, fact));
    rule.target = static_cast<int>(random() % kTargets);
  }
  return rules;
}

std::string policy_text(const std::vector<RandomRule>& rules) {
  std::string out = "policy random_rules\n";
  for (int f = 0; f < kFacts; ++f) {
    if (is_bool(f)) {
      out += fmt::format("fact {} : bool\n", fact_name(f));
    } else if (is_enum(f)) {
      out += fmt::format("fact {} : enum {{ s0, s1, s2, s3, s4, s5, s6, s7 }}\n", fact_name(f));
    } else {
      out += fmt::format("fact {} : int 0 .. {}\n", fact_name(f), kIntHigh);
    }
  }
  for (int t = 0; t < kTargets; ++t) out += fmt::format("target {}\n", target_name(t));
  for (const RandomRule& rule : rules) {
    std::string conditions;
    for (const Condition& condition : rule.conditions) {
      conditions += (conditions.empty() ? "" : " and ") + condition_text(condition);
    }
    out += fmt::format("{} when {}\n", target_name(rule.target), conditions);
  }
  return out + "t0 otherwise\n";
}

std::string if_chain(const std::vector<RandomRule>& rules, const std::string& name) {
  std::string out = fmt::format("#include <cstdint>\n\nint {}(const std::int32_t* facts) {{\n", name);
  for (const RandomRule& rule : rules) {
    std::string conditions;
    for (const Condition& condition : rule.conditions) {
      conditions += (conditions.empty() ? "" : " && ") + condition_cpp(condition);
    }
    out += fmt::format("  if ({}) return {};\n", conditions, rule.target);
  }
  return out + "  return 0;\n}\n";
}

}  // namespace switchyard::bench
