#pragma once

#include <cstddef>
#include <string>

#include "compiler/diff_report/report.h"

// A report as text. Every rendering is a function of the report alone.
namespace switchyard::diff {

// For people at a terminal.
std::string render_human(const Report& report);

// {"equal", "total", "changed", "changes": [{"from": END, "to": END, "count", "boxes": [BOX]}]} and
// more: "old", "new", "by", "reasons", "exact", "complete", "all_rules", "facts", "accepted", "stale",
// "slower"; of a change also "exact", "complete", "failed" and, with an expectation, "unexpected" (null or
// {"count", "exact", "complete", "boxes"}). "total" is null when not known; a count that is not exact
// is also given as "at_least".
// END: {"outcome": "target"|"refused"|"excluded"|"undecided", "value", "target", "rule", "parameters",
// "text", "reason"}: "value" is what was compared; "target" and "rule" are null where there is none or,
// by attribute, several: then "targets" and "rules" list them.
// BOX, counts: compiler/diagnostic/box_json.h.
std::string render_json(const Report& report);

// A comment of a pull request: a summary line, a table and the regions in a block to unfold. At most
// `limit` bytes, and it says what was left out.
inline constexpr std::size_t kCommentLimit = 60'000;  // forges take 65,536 characters
std::string render_markdown(const Report& report, std::size_t limit = kCommentLimit);

// SARIF 2.1.0: a result a change, an error when it is asked to fail, at the rule that decides now.
std::string render_sarif(const Report& report, const std::string& tool_version);

// "3720 of 109440 combinations change, by family", "equal: …".
std::string summary_of(const Report& report);
// "480", "at least 480".
std::string size_of(const ReportedRegion& region);
// "gfx == gfx950, not aiter"; "any input".
std::string text_of(const BoxValues& box);

}  // namespace switchyard::diff
