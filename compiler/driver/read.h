#pragma once

#include <cstddef>
#include <string>

#include "compiler/source/source_file.h"

namespace switchyard::driver {

// A policy file, or standard input (named "<stdin>" in messages) for `-`.
Expected<FileId> read_source(SourceMap& sources, const std::string& path);

// The most that is read of standard input where a table may come that way.
inline constexpr std::size_t kMaxTableBytes = std::size_t{1} << 30;

// All of standard input; fails past `limit` bytes, a number of MiB.
Expected<std::string> read_standard_input(std::size_t limit);

}  // namespace switchyard::driver
