#include "compiler/driver/box_limit.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <cstdint>

namespace switchyard::driver {

void add_box_limit(CLI::App& app, std::optional<std::size_t>& given, std::size_t few) {
  app.add_option(
         "--max-boxes", given,
         fmt::format("boxes that a region is cut to; 0: all of it ({}, json {})", few, kJsonBoxes))
      ->check(CLI::Range(std::size_t{0}, std::size_t{1'000'000}))
      ->option_text("N");
}

std::size_t box_limit(const std::optional<std::size_t>& given, const std::string& format,
                      std::size_t few) {
  if (given) return *given == 0 ? SIZE_MAX : *given;
  return format == "json" ? kJsonBoxes : few;
}

}  // namespace switchyard::driver
