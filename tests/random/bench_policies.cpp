#include <fmt/format.h>

#include <algorithm>

#include "tests/random/random_policy.h"

namespace switchyard::testing {

namespace {

constexpr int kBools = 16, kEnums = 14, kInts = 10, kTargets = 8;

std::string facts_and_targets() {
  std::string text = "policy conjunctive\n";
  for (int i = 0; i < kBools; ++i) text += fmt::format("fact b{} : bool\n", i);
  for (int i = 0; i < kEnums; ++i) {
    text += fmt::format("fact e{} : enum {{ s0, s1, s2, s3, s4, s5, s6, s7 }}\n", i);
  }
  for (int i = 0; i < kInts; ++i) text += fmt::format("fact n{} : int 0 .. 4095\n", i);
  for (int i = 0; i < kTargets; ++i) text += fmt::format("target t{}\n", i);
  return text;
}

std::string condition_on(int fact, Random& random) {
  if (fact < kBools) return fmt::format("{}b{}", random() % 2 == 0 ? "" : "not ", fact);
  fact -= kBools;
  if (fact < kEnums) {
    const auto symbol = random() % 8, other = random() % 8;
    switch (random() % 3) {
      case 0:
        return fmt::format("e{} == s{}", fact, symbol);
      case 1:
        return fmt::format("e{} != s{}", fact, symbol);
      default:
        return fmt::format("e{} in <s{}, s{}>", fact, symbol, other);
    }
  }
  fact -= kEnums;
  const auto a = random() % 4096, b = random() % 4096;
  switch (random() % 3) {
    case 0:
      return fmt::format("n{} <= {}", fact, a);
    case 1:
      return fmt::format("n{} >= {}", fact, a);
    default:
      return fmt::format("n{} in {} .. {}", fact, std::min(a, b), std::max(a, b));
  }
}

}  // namespace

std::string conjunctive_policy(Random& random, std::size_t rules) {
  std::string text = facts_and_targets();
  std::vector<int> facts(kBools + kEnums + kInts);
  for (std::size_t i = 0; i < facts.size(); ++i) facts[i] = static_cast<int>(i);
  for (std::size_t rule = 0; rule + 1 < rules; ++rule) {
    const std::size_t conditions = 6 + random() % 5;
    text += fmt::format("t{} when ", random() % kTargets);
    for (std::size_t i = 0; i < conditions; ++i) {  // the first few of a random order
      std::swap(facts[i], facts[i + random() % (facts.size() - i)]);
      text += (i == 0 ? "" : " and ") + condition_on(facts[i], random);
    }
    text += '\n';
  }
  return text + "t0 otherwise\n";
}

std::string one_line_rules(std::size_t count) {
  std::string text = facts_and_targets();
  for (std::size_t i = 0; i + 1 < count; ++i) {
    text += fmt::format("t{} when b{} and e{} in <s{}, s{}> and n{} <= {} because \"rule {}\"\n",
                        i % kTargets, i % kBools, i % kEnums, i % 7, i % 5, i % kInts,
                        (i * 37) % 4096, i);
  }
  return text + "t0 otherwise\n";
}

}  // namespace switchyard::testing
