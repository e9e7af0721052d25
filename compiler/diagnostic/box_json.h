#pragma once

#include <span>
#include <string_view>

#include <nlohmann/json.hpp>

#include "compiler/diagnostic/fact_values.h"

// Boxes and counts as JSON, the same in every report (`--verify`, `diff`, `audit`, `explain`).
namespace switchyard {

// {"aiter": [true], "scheme": ["a", "b"], "tokens": [1, 16], "rocm": [["6.0", "6.9"], ["7.1", "7.1"]],
//  "hidden": "hidden % 32 == 0"}: booleans; symbols as strings; one range of an int or a version as
// [low, high], several as a list of those; what no list says exactly as text. {} is any input.
// Numbers past 2^53 are decimal strings.
nlohmann::ordered_json box_json(std::span<const FactValues> box);

// A count of any size, given in decimal: a number up to 2^53, which every reader of JSON keeps exact,
// else the decimal string. Of a Count `c`: count_json(c.str()).
nlohmann::ordered_json count_json(std::string_view decimal);

}  // namespace switchyard
