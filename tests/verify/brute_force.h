#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "compiler/diagram/build.h"
#include "tests/region/random_model.h"

// What `verify` must report of a small model, by looking at every combination.
namespace switchyard::testing {

using Codes = std::vector<std::int64_t>;

// What must be reported, and of which admitted combinations it speaks (empty: of none).
struct Expected {
  std::string code;
  std::uint32_t place;
  std::function<bool(const Codes&, const std::vector<std::uint32_t>&)> shows;
};

// All combinations and what the blocks decide there.
struct World {
  const Model& model;
  LeafCodes leaves;
  std::vector<std::pair<Codes, std::vector<std::uint32_t>>> admitted;

  explicit World(const Model& m) : model(m), leaves(leaf_codes(m)) {
    for_each_combination(m, [&](Codes& codes) {
      std::vector<std::uint32_t> decided = decide(m, codes);
      if (!leaves.is_excluded(decided[0])) admitted.emplace_back(codes, std::move(decided));
    });
  }
  // Whether `block` is the first that decides nothing there.
  bool undecided(BlockId block, const std::vector<std::uint32_t>& decided) const {
    return decided[block] == leaves.undecided() &&
           (block == 0 || decided[block - 1] != leaves.undecided());
  }
};

// The warnings, SY0320 to SY0329.
void expect_warnings(const World& world, std::vector<Expected>& result);

}  // namespace switchyard::testing
