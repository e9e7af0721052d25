#pragma once

#include <cstdint>
#include <functional>
#include <random>
#include <vector>

#include "compiler/sema/model.h"

// Random models made without parser or sema, small enough to look at every combination, for tests of
// the stages from `partition` on. Spans are one byte each, all different, in file 0.
namespace switchyard::testing {

struct ModelShape {
  std::size_t facts = 4;
  std::size_t rows = 8;            // of a block, about
  std::size_t decisions = 1;       // blocks before the policy's own
  std::size_t assumptions = 1;
  bool promises = false;           // guarantees, examples, influences, allowances, `requires`
  std::int64_t max_combinations = 4000;
  bool wide = false;               // ints of 100,000 values, flags of 10 symbols: too many to try all
};

Model random_model(std::mt19937_64& random, const ModelShape& shape);

// The large policy of the benchmarks: 16 bools, 14 enums of 8 and 10 ints 0 .. 4095; every rule is a
// conjunction of 6 to 10 conditions. Always the same.
Model large_random_model(std::size_t rules);

// What a formula says of one combination: `codes` for every fact; the code of a decision that made
// no choice is -1, and every atom on it is false.
bool holds(const Model& model, FormulaId formula, const std::vector<std::int64_t>& codes);

// The leaf (LeafCodes) of every block, straight from the meaning: assumptions in order, then rows in
// order, block by block.
std::vector<std::uint32_t> decide(const Model& model, std::vector<std::int64_t>& codes);

// Every combination of the declared facts' codes; `codes` has room for the decisions too.
void for_each_combination(const Model& model,
                          const std::function<void(std::vector<std::int64_t>&)>& visit);

// The number of random models per test: SWITCHYARD_RANDOM_POLICIES, or `usual`.
std::size_t random_rounds(std::size_t usual);
// A seed of its own for every run, or SWITCHYARD_SEED; tests print it.
std::uint64_t random_seed();

}  // namespace switchyard::testing
