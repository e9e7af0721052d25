#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace switchyard {

// The candidate that the user most likely meant by `name`, or none when nothing is close. Distance
// counts insertions, deletions, substitutions and swaps of neighbours (optimal string alignment; a
// letter in the other case counts half); at most a third of the longer name may differ, any number
// of letters when only their case does. Ties go to the
// candidate that comes first, so the answer is deterministic. Equal names are never suggested.
// Cost: O(candidates * |name| * |candidate|).
std::optional<std::string> did_you_mean(std::string_view name,
                                        std::span<const std::string> candidates);

// The same as the text of a help line: "did you mean `x`?", or empty when nothing is close.
std::string did_you_mean_text(std::string_view name, std::span<const std::string> candidates);

}  // namespace switchyard
