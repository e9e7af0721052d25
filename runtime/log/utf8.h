#pragma once

#include <cstddef>
#include <string_view>

namespace switchyard {

// Bytes of the well-formed UTF-8 sequence that `text`, not empty, begins with (Unicode, table 3-7);
// 0 when there is none.
std::size_t utf8_length(std::string_view text);

// Calls each(character) for every character of `text`; bytes that are not UTF-8 are U+FFFD each. A
// table is a file that anybody may have written, and what is written of it must stay readable.
template <typename Each>
void for_each_character(std::string_view text, Each each) {
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    each(length == 0 ? std::string_view("\xef\xbf\xbd") : text.substr(0, length));
    text.remove_prefix(length == 0 ? 1 : length);
  }
}

}  // namespace switchyard
