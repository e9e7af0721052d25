#pragma once

#include <map>
#include <string>

#include <boost/multiprecision/cpp_int.hpp>

#include "compiler/diagram/diagram.h"

namespace switchyard {

using Count = boost::multiprecision::cpp_int;  // exact, of any size

// How many combinations of the values of all facts in the manager's order lead to `leaf`.
Count count(const DiagramManager& manager, const Partition& partition, DiagramRef root,
            DiagramRef leaf);

// The same for every leaf that is reached, in one pass.
std::map<DiagramRef, Count> count_leaves(const DiagramManager& manager, const Partition& partition,
                                         DiagramRef root);

// "12", "109440", "2^64": powers of two past 10^15 and other large numbers stay readable
// ("about 3.4e+38").
std::string spell(const Count& count);

}  // namespace switchyard
