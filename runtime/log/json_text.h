#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "runtime/base/export.h"
#include "runtime/table/table.h"

// Pieces of a decision log's lines (docs/log-format.md), appended to a string.
namespace switchyard {

// A JSON string with its quotes. Bytes that are not UTF-8 become U+FFFD.
SWITCHYARD_EXPORT void append_json_string(std::string& out, std::string_view text);

// `{"scheme": "w_mxfp4", "tokens": 8}`: every fact, in declaration order. A code outside the fact's
// domain is its number.
void append_json_facts(std::string& out, const Table& table, const void* facts);

// A decision's members from `"outcome"` to `"rule"`: `"outcome": "target", "target": "packed", …`.
// `bad_fact` instead of these, with `facts`' value, for a fact outside its domain; nothing but the
// outcome for an undecided one, which is no outcome of the format: an empty string.
std::string json_outcome(const Table& table, const Decision& decision, const void* facts);

// "2026-11-26T12:00:00.000Z" of nanoseconds since 1970.
std::string rfc3339(std::int64_t nanoseconds);

}  // namespace switchyard
