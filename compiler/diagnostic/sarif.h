#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "compiler/diagnostic/diagnostic.h"
#include "compiler/source/source_file.h"

// Parts of a log in the Static Analysis Results Interchange Format, SARIF 2.1.0 (an OASIS standard),
// the same in every report (`verify`, `diff`). Objects are the standard's, named after them.
namespace switchyard {

// What one run of a tool found: arrays of `result`, of the `reportingDescriptor`s that they name by
// `ruleId`, and of `notification`s of what could not be looked at.
struct SarifRun {
  std::string tool, version;
  nlohmann::ordered_json rules = nlohmann::ordered_json::array();
  nlohmann::ordered_json results = nlohmann::ordered_json::array();
  nlohmann::ordered_json failures = nlohmann::ordered_json::array();
};

// The log with this one run, indented, with a final line break. Columns of its regions are code points.
// Bytes that are not UTF-8 become U+FFFD.
std::string sarif_log(SarifRun run);

// A path as a reference that a URI may be (RFC 3986): "." and ".." resolved where the text alone says
// how, what is not allowed percent-encoded byte by byte; "file:///…" when it is absolute.
std::string sarif_uri(std::string_view path);

// A `message`. Braces are doubled, since a single one begins a placeholder (section 3.11.5).
nlohmann::ordered_json sarif_message(std::string_view text);

// A `location`: a line, or a span from and to a column, its end exclusive.
nlohmann::ordered_json sarif_location(std::string_view path, std::uint32_t line);
nlohmann::ordered_json sarif_location(const SourceMap& sources, Span span);

// A finding as a `result`, with notes that have a place as related locations and its fixes; and the
// rule that it names.
nlohmann::ordered_json sarif_result(const Diagnostic& found, const SourceMap& sources);
nlohmann::ordered_json sarif_rule(const DiagnosticInfo& info);

}  // namespace switchyard
