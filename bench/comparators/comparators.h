#pragma once

#include <string>
#include <vector>

#include "kernels/registry.h"

namespace switchyard::bench {

// The layer by each library that this build has, as kernels of the registry, so that they are
// checked and timed as ours are: `onednn` in bf16, `openblas` in f32, each with the parameter
// `ready`, 1 where the weights are dequantised before the layer runs.
std::vector<kernels::Kernel> comparators();

// What ran, a line a library: version, instruction set, settings of the environment. After a run.
std::vector<std::string> describe_comparators();

}  // namespace switchyard::bench
