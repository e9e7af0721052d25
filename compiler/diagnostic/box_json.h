#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include <nlohmann/json.hpp>

#include "compiler/diagnostic/fact_values.h"

// Boxes and counts as JSON, the same in every report (`--verify`, `diff`, `audit`, `explain`).
namespace switchyard {

// {"aiter": [true], "scheme": ["a", "b"], "tokens": [1, 16], "rocm": [["6.0", "6.9"], ["7.1", "7.1"]],
//  "hidden": [{"range": [1, 4096], "modulus": 32, "remainders": [0]}],
//  "backends": [{"has": ["ck"], "lacks": ["triton"]}]}: booleans; symbols as strings; one range of an int
// or a version as [low, high], several as a list of those; values of a range by their remainders, in
// such a list, also a single one; flags as a list of what they have and lack. {} is any input.
// Numbers past 2^53 are decimal strings.
nlohmann::ordered_json box_json(std::span<const FactValues> box);

// A number up to 2^53 either way, which every reader of JSON keeps exact, else a decimal string.
nlohmann::ordered_json integer_json(std::int64_t number);

// The same of a count of any size, given in decimal. Of a Count `c`: count_json(c.str()).
nlohmann::ordered_json count_json(std::string_view decimal);

}  // namespace switchyard
