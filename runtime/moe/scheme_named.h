#pragma once

#include <string>

#include "kernels/moe/scheme.h"
#include "runtime/base/error.h"

namespace switchyard::moe {

// The scheme that an option names. An error says which may be meant, and all that there are.
Expected<kernels::Scheme> scheme_named(const std::string& name);

}  // namespace switchyard::moe
