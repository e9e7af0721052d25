#pragma once

#include <vector>

#include "compiler/sema/formula.h"

// Sets of codes as intervals: ascending, disjoint, not adjacent. Every function takes and returns
// that form, except `normalized`, which makes it. Bounds may be any 64-bit values.
namespace switchyard::sema {

using Intervals = std::vector<Interval>;

// Any intervals (none reversed) to the canonical form.
Intervals normalized(Intervals intervals);
Intervals unite(const Intervals& a, const Intervals& b);
Intervals intersect(const Intervals& a, const Intervals& b);
Intervals subtract(const Intervals& a, const Intervals& b);
bool contains(const Intervals& intervals, std::int64_t code);

}  // namespace switchyard::sema
