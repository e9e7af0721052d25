#pragma once

#include "runtime/base/error.h"
#include "runtime/checkpoint/json.h"
#include "runtime/checkpoint/quantisation.h"

namespace switchyard::checkpoint {

// Checks the field names of one Quark layer entry ({"weight": …, "input_tensors": …, …}) and of
// the tensor specifications in it.
Expected<void> check_quark_fields(const Json& entry);

// The scheme that an entry means. An error names the JSON path of the value that no MX scheme
// allows, and what would be allowed.
Expected<ModuleQuantisation> read_quark_entry(const Json& entry);

// An error for a member that is not among `known`, with the nearest known name.
Expected<void> check_fields(const Json& object, std::initializer_list<std::string_view> known);

}  // namespace switchyard::checkpoint
