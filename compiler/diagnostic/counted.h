#pragma once

#include <concepts>
#include <string>
#include <string_view>

// Counts in sentences.
namespace switchyard {

// Whether a count, as digits with words before them ("1", "at least 1", "1 of 1"), ends in a lone 1: what
// follows it is then in the singular.
bool ends_in_one(std::string_view count);

// "1 line", "2 lines", "0 lines", "1 of 3 lines", "at least 1 line". `plural` where an `s` does not make it.
std::string counted(std::string_view count, std::string_view noun, std::string_view plural = {});
std::string counted(std::integral auto count, std::string_view noun, std::string_view plural = {}) {
  return counted(std::to_string(count), noun, plural);
}

}  // namespace switchyard
