#pragma once

#include <cstdint>
#include <set>
#include <vector>

#include "compiler/diagram/build.h"
#include "compiler/diff/diff.h"

namespace switchyard::diff {

// One way in which a policy can end, by its leaf (LeafCodes): a row decides or refuses, an assumption
// excludes, nothing decides.
struct Ending {
  // Equal on both sides if and only if the two ends are the same as compared.
  std::uint32_t value = 0;
  // Changes are listed by pairs of groups: outcome and rule, or with kAttribute the value. Numbered
  // from 0 on either side by itself, in source order.
  std::uint32_t group = 0;
};

struct Endings {
  LeafCodes old_leaves, new_leaves;
  std::vector<Ending> old_side, new_side;  // by leaf, `undecided` last
  std::uint32_t values = 0;
};

Endings endings_of(const Pair& pair, const Options& options);

// The end that these leaves of one group are together.
End end_of(const Model& model, const std::set<std::uint32_t>& leaves, const Options& options);

}  // namespace switchyard::diff
