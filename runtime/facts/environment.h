#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "runtime/base/export.h"

namespace switchyard::facts {

// A variable's value; nothing if it is not set. Tests give their own.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;

// This process's environment. Not while another thread changes it.
SWITCHYARD_EXPORT Environment process_environment();

// The names of all variables that this process has, set to whatever; ascending. As above.
SWITCHYARD_EXPORT std::vector<std::string> process_variables();

}  // namespace switchyard::facts
