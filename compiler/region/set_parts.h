#pragma once

#include <cstdint>
#include <vector>

#include "compiler/region/partition.h"

// A set of classes in the parts that texts and JSON are made of.
namespace switchyard {

// Some consecutive codes of an int or a version: all of them (modulus 1), or those whose remainder
// is listed.
struct ValueRun {
  Interval range;                        // ends included
  std::int64_t modulus = 1;              // the smallest that shows the remainders
  std::vector<std::int64_t> remainders;  // ascending, in 0 .. modulus - 1 (of negative codes too);
                                         // empty with modulus 1
};

// Exactly the codes of the set, ascending and disjoint. Neighbouring intervals between which the
// remainders do not tell are one run, whose ends then need not be in the set.
std::vector<ValueRun> value_runs(const Axis& axis, const ClassSet& set);

// The subsets of a flags fact that have all symbols of one mask and none of another.
struct FlagsPart {
  std::int64_t has = 0, lacks = 0;  // bit i: symbol i of the fact
};

// Exactly the subsets in the set, as disjoint parts: split on the first symbol that matters. At
// most 2^16 of them.
std::vector<FlagsPart> flags_parts(const Fact& fact, const Axis& axis, const ClassSet& set);

}  // namespace switchyard
