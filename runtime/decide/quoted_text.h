#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

// Quoted texts as the policy language writes them: `"` .. `"`, inside `\"` and `\\` for these two,
// `\n` and `\t` for a line break and a tab, and `\` before any other character for that character.
namespace switchyard {

// Bytes of the quoted text that `text` begins with, both quotes included; none when `text` does not
// begin with a quote or has no other.
std::optional<std::size_t> quoted_length(std::string_view text);

// What a whole quoted text stands for. `quoted` is one, as quoted_length says. The result is a part of
// it, or of `storage` where something had to be replaced.
std::string_view unquote(std::string_view quoted, std::string& storage);

}  // namespace switchyard
