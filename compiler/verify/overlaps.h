#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "compiler/diagram/build.h"
#include "compiler/diagram/count.h"
#include "compiler/region/box.h"
#include "compiler/region/partition.h"
#include "compiler/sema/model.h"
#include "compiler/verify/verify.h"

namespace switchyard {

// Two rules of a block between which order decides: there are admitted combinations that `first` decides
// and for which `second`, behind it, would give another outcome if it stood before.
struct Overlap {
  RuleId first, second;
  Box box;             // a maximal one; every admitted combination in it is such
  Count size = 0;      // of all such combinations
  bool exact = false;  // else `size` is a lower bound: what of them is in the box
};

struct Overlaps {
  std::vector<Overlap> pairs;  // ascending by `first`, then `second`
  bool complete = true;        // else a limit ended the search: there may be more
};

struct OverlapLimits {
  std::size_t pairs = 500;          // listed
  std::size_t questions = 100'000;  // to the solver, beyond the diagrams' budget
};

// Every such pair. A last rule `otherwise` is none: it says itself that it is for the rest. Legal, and
// often meant; it shows which rules cannot be moved.
// Rules of which some fact tells the conditions apart are never asked about; within the diagrams' budget
// each rule is one question for all rules before it.
Overlaps overlaps(const Model& model, const Partition& partition,
                  const std::optional<PolicyDiagram>& diagrams, const VerifyOptions& options = {},
                  const OverlapLimits& limits = {});

}  // namespace switchyard
