#pragma once

#include <fmt/format.h>

#include <cstdio>
#include <string>
#include <string_view>
#include <utility>

#include "runtime/base/error.h"

// Text for people and pipes. fmt's own print throws when a file takes no more; these leave it to
// finish_output, so that a full disk ends a command with a message and a status.
namespace switchyard::moe {

template <typename... T>
void write(std::FILE* file, fmt::format_string<T...> format, T&&... values) {
  const std::string text = fmt::format(format, std::forward<T>(values)...);
  std::fwrite(text.data(), 1, text.size(), file);  // a failure stays in the FILE: finish_output
}

// To standard output.
template <typename... T>
void write(fmt::format_string<T...> format, T&&... values) {
  moe::write(stdout, format, std::forward<T>(values)...);
}

// Replaces what a file holds. The error names the file and why it cannot be written, also where the
// disk is full; what is there then is not complete.
Expected<void> write_file(const std::string& path, std::string_view bytes);

// Whether a file can be opened for writing, as `write_file` would; makes it if it is not there.
Expected<void> check_writable(const std::string& path);

// Writes out what standard output still holds. `status`, or kBadInput after a message if anything
// printed before was lost.
int finish_output(int status);

}  // namespace switchyard::moe
