#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "compiler/diagnostic/diagnostic.h"
#include "compiler/source/source_file.h"

namespace switchyard {

struct RenderOptions {
  bool color = false;         // ANSI colours; the caller asks the terminal and NO_COLOR
  std::uint32_t width = 100;  // columns for wrapped notes; source lines are cut around the carets
  bool summary = true;        // the line of counts at the end
};

// The findings as text for people: code, message, source lines with carets, notes that point at
// other places, help, fixes, the input that shows the finding, its region, and one summary line at the end
// ("2 errors, 1 warning"). Empty when there is nothing to report. Total on every input: tabs, CRLF,
// wide and combining characters, spans over several lines and at the end of the file.
std::string render_human(std::span<const Diagnostic> diagnostics, const SourceMap& sources,
                         const RenderOptions& options = {});

// One JSON document with a final newline:
//   {"version": 1, "errors": N, "warnings": N, "diagnostics": [
//     {"code": "SY0101", "severity": "error", "name": "MissingAnd", "message": …, "label": …,
//      "span": SPAN, "notes": [{"text": …, "span": SPAN|null}],
//      "fixes": [{"text": …, "edits": [{"span": SPAN, "replacement": …}]}],
//      "witness": [{"fact": …, "value": …}],
//      "region": {"count": N, "exact": B, "complete": B, "boxes": [BOX]} | null}]}
// BOX and N: box_json.h; every combination that a finding speaks of, or (not complete) some of them;
// N is how many, or (not exact) a lower bound.
// SPAN: {"file": …, "byte_begin", "byte_end", "line_begin", "column_begin", "line_end",
// "column_end"}; lines and columns from 1, columns in code points, ends exclusive. Bytes that are
// not UTF-8 become U+FFFD, so that the document always parses.
std::string render_json(std::span<const Diagnostic> diagnostics, const SourceMap& sources);

}  // namespace switchyard
