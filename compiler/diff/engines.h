#pragma once

#include <optional>
#include <span>

#include "compiler/diff/diff.h"

// The two engines behind `compare`. Changes come in no order of size.
namespace switchyard::diff {

// None past the budget.
std::optional<Difference> compare_diagrams(const Pair& pair, const Partition& partition,
                                           const Options& options,
                                           std::span<const Exemption> exempt = {});

Difference compare_solver(const Pair& pair, const Partition& partition, const Options& options,
                          std::span<const Exemption> exempt = {});

}  // namespace switchyard::diff
