#pragma once

#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace switchyard::driver {

// Writes results to standard output, whole. False after reporting to standard error when that fails
// (a full disk, a closed pipe): the command ends with kBadInput then.
bool write_out(std::string_view text);

// Writes to standard error. Where that fails nobody is left to be told, so the command goes on.
void write_error(std::string_view text);
template <typename... Args>
void print_error(fmt::format_string<Args...> format, Args&&... args) {
  write_error(fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace switchyard::driver
