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

std::optional<Box> intersect(const Box& a, const Box& b);

// A formula as a union of boxes (they may overlap), none when it needs more than `budget` boxes.
// kFalse gives no boxes, kTrue one without sides.
std::optional<std::vector<Box>> boxes_of(const Model& model, const Partition& partition,
                                         FormulaId formula, std::size_t budget);

// "supports_mx, scheme in <a, b>, tokens in 1 .. 16"
std::string spell(const Model& model, const Partition& partition, const Box& box);

std::string dump_boxes(const Partition& partition, const Model& model);  // `--dump=boxes`

}  // namespace switchyard
