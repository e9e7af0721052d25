#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "compiler/sema/model.h"

// Seeded random policies as text, which always resolve without errors (warnings they may have), and
// the assignments of their facts. The same seed gives the same text everywhere.
namespace switchyard::testing {

using Random = std::mt19937_64;

struct PolicyShape {
  std::size_t facts = 5;
  std::size_t values = 4;      // of a fact, about; ints, versions and flags too
  std::size_t rules = 8;       // of a block, about
  std::size_t conditions = 5;  // parts of one condition, at most
  std::size_t decisions = 1;   // blocks before the policy's own, at most
  std::size_t lets = 3;
  std::size_t sets = 2;
  std::size_t assumptions = 1;  // at most
  std::size_t targets = 4;      // of a block, at most
  bool promises = true;         // guarantees, `never`, examples, `allow`, `faster`
  bool total = false;           // every block ends with a target `otherwise`: never undecided
  std::int64_t max_combinations = 4096;  // product of the domains; facts become bools beyond it
};

// Uses every construct of the language: each type of fact, sets and their algebra, lets, decisions,
// `first of`, `only`, `refuse`, parameters, `requires`, `can`, `%`, comparisons of two facts.
std::string random_policy(Random& random, const PolicyShape& shape);

// Larger than can be enumerated: domains of thousands, 12 facts, 40 rules.
PolicyShape large_shape();

// The benchmark's shape: `rules` random conjunctive rules over 40 facts (16 bool, 14 enum of 8, 10
// int 0 .. 4095), 6 to 10 conditions a rule, 8 targets, the last rule `otherwise`.
std::string conjunctive_policy(Random& random, std::size_t rules = 1000);

// `count` rules of one line each over 12 facts.
std::string one_line_rules(std::size_t count);

// One code for each declared fact, uniform in its domain; ints and versions prefer the ends.
std::vector<std::int64_t> random_codes(const Model& model, Random& random);

// The number of assignments of the declared facts, 2^63 - 1 when it is larger.
std::int64_t assignment_count(const Model& model);

// Every assignment of the declared facts, the first fact slowest.
void for_each_assignment(const Model& model,
                         const std::function<void(const std::vector<std::int64_t>&)>& visit);

// How many policies a test takes: SWITCHYARD_RANDOM_POLICIES, or `usual`.
std::size_t policy_rounds(std::size_t usual = 2000);
// SWITCHYARD_SEED, or a fresh one; a test prints it.
std::uint64_t policy_seed();

}  // namespace switchyard::testing
