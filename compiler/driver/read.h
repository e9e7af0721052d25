#pragma once

#include <string>

#include "compiler/source/source_file.h"

namespace switchyard::driver {

// A policy file, or standard input (named "<stdin>" in messages) for `-`.
Expected<FileId> read_source(SourceMap& sources, const std::string& path);

// All of standard input; fails past `limit` bytes.
Expected<std::string> read_standard_input(std::size_t limit);

}  // namespace switchyard::driver
