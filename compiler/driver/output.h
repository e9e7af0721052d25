#pragma once

#include <string_view>

namespace switchyard::driver {

// Writes results to standard output, whole. False after reporting to standard error when that fails
// (a full disk, a closed pipe): the command ends with kBadInput then.
bool write_out(std::string_view text);

}  // namespace switchyard::driver
