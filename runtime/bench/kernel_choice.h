#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/registry.h"
#include "runtime/base/error.h"

namespace switchyard::bench {

// A kernel with a value for each of its parameters, in its order.
struct KernelChoice {
  const kernels::Kernel* kernel = nullptr;
  std::vector<kernels::ParameterValue> parameters;
};

// "packed(block_m = 16, split_k = 1)", as policies write it.
std::string name_of(const KernelChoice& choice);

// The choice with defaults for what is not given. Fails as the kernel does where it would not run
// such parameters for any layer.
Expected<KernelChoice> complete(const kernels::Kernel& kernel,
                                std::span<const kernels::ParameterValue> given);

// "packed", "packed(block_m=16, split_k = 4)". Errors: a kernel or a parameter that is not there
// (and which was meant), what is no number, and those of `complete`.
Expected<KernelChoice> parse_choice(std::string_view text,
                                    std::span<const kernels::Kernel> kernels);

// Every kernel that can run such a layer, with every power of two that each of its parameters
// takes, as far as the kernel takes them together. Fails as a kernel does that takes none at all.
Expected<std::vector<KernelChoice>> all_choices(std::span<const kernels::Kernel> kernels,
                                                const kernels::LayerConfig& config);

}  // namespace switchyard::bench
