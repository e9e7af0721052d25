#pragma once

#include <span>
#include <vector>

#include "runtime/bench/measure.h"
#include "runtime/engine/bound_table.h"
#include "runtime/moe/collect.h"

namespace switchyard::moe {

// What a policy says of a layer that no checkpoint holds, for each number of tokens. Its facts are
// those of this machine, of the shape (of its model too where it is a known one) and --fact. Fails
// as binding facts does, or where a kernel would not run the parameters that the policy gives it.
Expected<std::vector<bench::PolicyAnswer>> ask_policy(const BoundTable& table,
                                                      const Surroundings& around,
                                                      const bench::NamedShape& shape,
                                                      kernels::Scheme scheme,
                                                      std::span<const std::int64_t> tokens);

}  // namespace switchyard::moe
