#pragma once

#include <span>
#include <string_view>

namespace switchyard::driver {

// A page of docs/diagnostics, embedded when policyc is built (embed_pages.cmake).
struct ManualPage {
  std::string_view code;  // "SY0302"
  std::string_view text;  // Markdown, ends with a line break
};

// Ascending by code; one for every code of the registry.
std::span<const ManualPage> manual_pages();

}  // namespace switchyard::driver
