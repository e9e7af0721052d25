#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "runtime/base/error.h"

namespace switchyard {

// Replaces `path` as a whole or not at all: writes a temporary file in the same folder, fsyncs,
// renames it over `path` and fsyncs the folder. An interrupted call leaves `path` as it was (and at
// worst a file `.NAME.XXXXXX`); a failed one also removes the temporary file.
Expected<void> write_file(const std::string& path, std::span<const std::byte> bytes);

}  // namespace switchyard
