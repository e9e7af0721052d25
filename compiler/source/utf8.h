#pragma once

#include <cstddef>
#include <string_view>

namespace switchyard {

// What decode_utf8 gives for bytes that are not UTF-8.
inline constexpr char32_t kNotUtf8 = 0xFFFFFFFF;

struct CodePoint {
  char32_t character = kNotUtf8;
  std::size_t length = 1;  // bytes; 1 when not UTF-8
};

// The code point that starts at byte `at` of `text` (at < text.size()). Overlong forms, surrogates
// and values past U+10FFFF are not UTF-8 (RFC 3629).
CodePoint decode_utf8(std::string_view text, std::size_t at);

// Columns that a terminal gives a code point: 0 for combining marks and controls, 2 for East Asian
// wide characters and emoji, else 1. After Unicode 15's EastAsianWidth and general categories,
// coarse at the edges of blocks.
int display_width(char32_t character);

}  // namespace switchyard
