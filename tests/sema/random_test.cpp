#include <catch2/catch.hpp>

#include "compiler/parse/parse.h"
#include "compiler/sema/evaluate.h"
#include "compiler/sema/resolve.h"
#include "tests/random/random_policy.h"
#include "tests/sema/resolved.h"

namespace switchyard::testing {
namespace {

// Checks one policy on all of its assignments, or on some of them; returns how many.
std::size_t check(const std::string& text, Random& random, std::size_t samples) {
  const auto resolved = resolve_text(text);
  INFO(text << "\n" << resolved->findings());
  REQUIRE(resolved->model);
  const Evaluator oracle(resolved->policy, *resolved->model);
  std::size_t count = 0;
  std::string wrong;
  const auto look = [&](const std::vector<std::int64_t>& codes) {
    ++count;
    if (wrong.empty()) wrong = difference(*resolved, oracle, codes);
  };
  if (samples == 0) {
    for_each_assignment(*resolved->model, look);
  } else {
    for (std::size_t i = 0; i < samples; ++i) look(random_codes(*resolved->model, random));
  }
  REQUIRE(wrong == "");
  return count;
}

TEST_CASE("formulas of small random policies equal the oracle on every assignment") {
  const std::uint64_t seed = policy_seed();
  CAPTURE(seed);
  Random random(seed);
  PolicyShape shape;
  shape.max_combinations = 256;
  for (std::size_t round = 0; round < policy_rounds(); ++round) {
    CAPTURE(round);
    shape.facts = 1 + random() % 5;
    shape.rules = 1 + random() % 8;
    check(random_policy(random, shape), random, 0);
  }
}

TEST_CASE("formulas of large random policies equal the oracle on random assignments") {
  const std::uint64_t seed = policy_seed();
  CAPTURE(seed);
  Random random(seed);
  for (std::size_t round = 0; round < policy_rounds() / 20; ++round) {
    CAPTURE(round);
    check(random_policy(random, large_shape()), random, 50);
  }
}

TEST_CASE("a random policy may have more combinations than 64 bits count") {
  const std::uint64_t seed = policy_seed();
  CAPTURE(seed);
  Random random(seed);
  PolicyShape shape = large_shape();
  shape.facts = 80;
  check(random_policy(random, shape), random, 20);
}

TEST_CASE("the benchmark's policies mean what the oracle says") {
  const std::uint64_t seed = policy_seed();
  CAPTURE(seed);
  Random random(seed);
  check(conjunctive_policy(random, 60), random, 200);
  check(one_line_rules(60), random, 200);
}

TEST_CASE("the same seed gives the same policy") {
  Random one(7), two(7);
  REQUIRE(random_policy(one, PolicyShape{}) == random_policy(two, PolicyShape{}));
}

TEST_CASE("random policies use every construct of the language") {
  Random random(11);
  std::string all;
  for (int i = 0; i < 300; ++i) all += random_policy(random, PolicyShape{});
  for (const char* part :
       {": bool",   ": enum",       ": name",     ": int",     ": version",     ": flags",
        ": switch", "set set0",     "let l0",     "assume",    "decision d0",   "first of",
        "only ",    "refuse when",  " otherwise", "requires",  "bm =",          "mode = fast",
        "family =", " has any ",    " has all ",  " % ",       " can ",         "not can",
        "implies",  " in <",        " not in ",   " | ",       " & ",           " - ",
        "matters",  "irrelevant",   "never ",     "example {", "allow slower",  "allow unsupported",
        "faster",   "d0 ==",        "d0.family",  "d0.level",  "target.family", "target.bm",
        "from env", "replaces env", "other"}) {
    INFO(part);
    REQUIRE(all.find(part) != std::string::npos);
  }
}

}  // namespace
}  // namespace switchyard::testing
