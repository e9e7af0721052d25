#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "runtime/base/error.h"

namespace switchyard::checkpoint {

// Reads a regular file of at most `limit` bytes.
Expected<std::string> read_text(const std::string& path, std::size_t limit);

// Appends to a file; fails as the file does.
using Append = std::function<Expected<void>(const void* data, std::size_t size)>;

// Writes a file whole or not at all: `write` appends to a temporary file beside `path`, which is
// flushed to the disk and then renamed into place. On an error the temporary file is removed and
// what was at `path` stays.
Expected<void> replace_file(const std::string& path,
                            const std::function<Expected<void>(const Append&)>& write);

// The same for a text at hand.
Expected<void> replace_file(const std::string& path, std::string_view text);

}  // namespace switchyard::checkpoint
