#pragma once

#include <vector>

#include "compiler/diagram/operations.h"
#include "compiler/region/box.h"

// Boxes inside sets of combinations that are given as diagrams (leaves kDiagramFalse, kDiagramTrue).
namespace switchyard {

struct Cube {
  struct Fixed {
    FactId fact;
    ClassId value;
    friend auto operator<=>(const Fixed&, const Fixed&) = default;
  };
  std::vector<Fixed> fixed;  // ascending by fact
  bool fewest = false;
};

// A cube that lies in `allowed` and meets `wanted`, which must not be empty and lie in `allowed`:
// with the fewest fixed facts, of those the first by the order of facts, then of classes. Exact by
// search over pairs of nodes within a work limit; past it a cube from which no fact can be left out.
Cube smallest_cube(DiagramOperations& operations, DiagramRef allowed, DiagramRef wanted);

// The cube's sides widened, fact by fact, to all classes with which the box stays in `allowed`.
Box widen(const DiagramManager& manager, DiagramRef allowed, const Cube& cube);

// The same for a box in `allowed`, its sides widened in the order in which they stand.
Box widen(const DiagramManager& manager, DiagramRef allowed, const Box& box);

// The classes of `fact` with which a box in `allowed` stays in it, its own side set aside.
ClassSet widest_side(const DiagramManager& manager, DiagramRef allowed, const Box& box, FactId fact);

// The box as a diagram.
DiagramRef diagram_of(DiagramManager& manager, const Box& box);

// A point of a non-empty set: the smallest class at every level, 0 for facts it does not depend on.
std::vector<ClassId> first_point(const DiagramManager& manager, DiagramRef set);

}  // namespace switchyard
