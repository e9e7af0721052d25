#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "runtime/cli/app.h"

namespace switchyard::driver {

// Boxes of one region that a program gets, unless --max-boxes says otherwise; a reader gets fewer.
inline constexpr std::size_t kJsonBoxes = 1024;

// --max-boxes N. `few`: how many a reader gets.
void add_box_limit(CLI::App& app, std::optional<std::size_t>& given, std::size_t few);

// The limit for a format; 0 given is none.
std::size_t box_limit(const std::optional<std::size_t>& given, const std::string& format,
                      std::size_t few);

}  // namespace switchyard::driver
