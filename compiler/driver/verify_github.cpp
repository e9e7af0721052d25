#include <string_view>

#include <fmt/format.h>

#include "compiler/diagnostic/plain_text.h"
#include "compiler/diagnostic/snippet.h"
#include "compiler/driver/verify_report.h"

namespace switchyard::driver {
namespace {

// What ends a command, or (in a property) begins its next part, as percent and hexadecimal digits.
std::string escaped(std::string_view text, bool property) {
  std::string out;
  for (const char c : text) {
    if (c == '%' || c == '\r' || c == '\n' || (property && (c == ':' || c == ','))) {
      out += fmt::format("%{:02X}", static_cast<unsigned>(c));
    } else {
      out += c;
    }
  }
  return out;
}

std::string command_of(const Diagnostic& finding, const SourceMap& sources) {
  const Span at = shown_span(sources, finding.span);
  const SourceFile& source = sources.file(at.file);
  const SourceFile::Position begin = source.position(at.begin);
  const SourceFile::Position end = source.position(at.end);
  // The last line that has a part of it: a span that ends with a line break ends before the next one.
  const std::uint32_t last = end.column == 1 && end.line > begin.line ? end.line - 1 : end.line;
  std::string place = fmt::format("file={},line={},endLine={}", escaped(source.path(), true),
                                  begin.line, last);
  if (begin.line == end.line) {
    place += fmt::format(",col={},endColumn={}", begin.column, end.column);
  }
  return fmt::format("::{} {},title={} {}::{}\n",
                     finding.info->severity == Severity::kError ? "error" : "warning", place,
                     finding.info->code, finding.info->name,
                     escaped(plain_text(finding, sources), false));
}

}  // namespace

std::string verify_github(const std::vector<FileReport>& reports) {
  std::string out;
  std::size_t errors = 0, warnings = 0, accepted = 0, unreadable = 0;
  for (const FileReport& report : reports) {
    if (!report.unreadable.empty()) {
      out += fmt::format("::error file={},title=unreadable::{}\n", escaped(report.file, true),
                         escaped(printable(report.unreadable), false));
      ++unreadable;
    }
    for (const Diagnostic& finding : report.findings) out += command_of(finding, report.sources);
    errors += report.errors;
    warnings += report.warnings;
    accepted += report.accepted.size();
  }
  return out + fmt::format("policyc verify: files {}, unreadable {}, errors {}, warnings {}, accepted {}\n",
                           reports.size(), unreadable, errors, warnings, accepted);
}

}  // namespace switchyard::driver
