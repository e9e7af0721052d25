#pragma once

#include <vector>

#include "compiler/diagram/operations.h"
#include "compiler/region/box.h"

namespace switchyard::diff {

struct BoxCover {
  // In `allowed`. No class can be added to a side with which the box would contain more of the set,
  // and each class of a side has some of it.
  std::vector<Box> boxes;
  bool complete = false;   // they contain the whole set
  std::vector<ClassId> witness;  // a point of the set in boxes[0], by declared fact
};

// Few boxes inside `allowed` that cover `wanted`, which must not be empty and lie in `allowed`. Greedy
// among several candidates, then boxes that the others make superfluous are left out. At most `limit`
// boxes, at least one; with a limit of 1 only walks, so that it costs little. Stops early when the
// manager's budget is used up.
BoxCover cover(DiagramOperations& operations, const Partition& partition, DiagramRef allowed,
               DiagramRef wanted, std::size_t limit);

}  // namespace switchyard::diff
