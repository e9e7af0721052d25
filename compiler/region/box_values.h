#pragma once

#include "compiler/diagnostic/fact_values.h"
#include "compiler/region/box.h"

namespace switchyard {

// What a set of classes, neither empty nor full, says of its fact.
FactValues values_of(const Model& model, const Partition& partition, FactId fact,
                     const ClassSet& set);

// What a box says of each fact that it restricts, ascending by fact.
BoxValues values_of(const Model& model, const Partition& partition, const Box& box);

}  // namespace switchyard
