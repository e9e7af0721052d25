#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/region/partition.h"

namespace switchyard {

// A product of class sets: the facts named are restricted, all others free. Never empty: a
// restriction has at least one class and is not full.
struct Box {
  struct Side {
    FactId fact;
    ClassSet classes;
    friend bool operator==(const Side&, const Side&) = default;
  };
  std::vector<Side> sides;  // ascending by fact
  friend bool operator==(const Box&, const Box&) = default;
};

// None when they have nothing in common.
std::optional<Box> intersect(const Box& a, const Box& b);
bool contains(const Box& outer, const Box& inner);

// A formula (or its negation) as a union of boxes (they may overlap), none when it or a part of it
// needs more than `budget` boxes. kFalse gives no boxes, kTrue one without sides. Boxes inside others
// are dropped and boxes that differ in one fact joined, in lists of up to 512; beyond that they stay
// as they come.
std::optional<std::vector<Box>> boxes_of(const Model& model, const Partition& partition,
                                         FormulaId formula, std::size_t budget,
                                         bool negated = false);

// "supports_mx, scheme in <a, b>, tokens in 1 .. 16"
std::string spell(const Model& model, const Partition& partition, const Box& box);

// `--dump=boxes`: the boxes of every row, by block, or "more than 1000 boxes".
std::string dump_boxes(const Partition& partition, const Model& model);

}  // namespace switchyard
