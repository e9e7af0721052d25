#include <set>
#include <span>
#include <string_view>

#include <fmt/format.h>

#include "compiler/diagnostic/registry.h"
#include "compiler/diagnostic/render.h"
#include "compiler/driver/verify_report.h"
#include "compiler/source/utf8.h"

namespace switchyard::driver {
namespace {

// Characters that XML 1.0 has (section 2.2, Char).
bool is_xml(char32_t c) {
  return c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c <= 0xD7FF) ||
         (c >= 0xE000 && c <= 0xFFFD) || (c >= 0x10000 && c <= 0x10FFFF);
}

// Text of an element or, in double quotes, an attribute that reads back as it was; what XML cannot hold
// becomes U+FFFD. `>` is escaped so that no text holds "]]>".
std::string xml(std::string_view text, bool attribute) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = decode_utf8(text, at);
    const char32_t c = point.character;
    if (!is_xml(c)) {
      out += "\xEF\xBF\xBD";
    } else if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '"') {
      out += "&quot;";
    } else if (c == '\r' || (attribute && (c == '\n' || c == '\t'))) {
      out += fmt::format("&#{};", static_cast<unsigned>(c));  // else read back as a space or "\n"
    } else {
      out += text.substr(at, point.length);
    }
    at += point.length;
  }
  return out;
}

// A testsuite under way.
struct Suite {
  std::string file;
  std::string cases;
  std::size_t tests = 0, failures = 0, errors = 0, skipped = 0;

  void add(const std::string& name, const std::string& content) {
    ++tests;
    cases += fmt::format("    <testcase classname=\"{}\" name=\"{}\"", xml(file, true), xml(name, true));
    cases += content.empty() ? "/>\n" : ">\n" + content + "    </testcase>\n";
  }
};

bool is_analysis(const DiagnosticInfo& info) { return info.code.starts_with("SY03"); }

void add_finding(const Diagnostic& finding, const SourceMap& sources, bool fails, Suite& suite) {
  RenderOptions render;
  render.summary = false;
  const std::string text = xml(render_human(std::span(&finding, 1), sources, render), false);
  const std::string name = fmt::format("{} {} at {}", finding.info->code, finding.info->name,
                                       sources.location(finding.span));
  if (!fails) return suite.add(name, fmt::format("      <system-out>{}</system-out>\n", text));
  ++suite.failures;
  suite.add(name, fmt::format("      <failure type=\"{}\" message=\"{}\">{}</failure>\n",
                              finding.info->code, xml(finding.message, true), text));
}

// The analyses that a policy went through without a finding that counts.
void add_analyses(const FileReport& report, Suite& suite) {
  std::set<std::string_view> found;
  for (const Diagnostic& finding : report.findings) found.insert(finding.info->code);
  for (const DiagnosticInfo* info : diag::all()) {
    if (!is_analysis(*info) || found.contains(info->code)) continue;
    if (!report.analysed) ++suite.skipped;
    suite.add(fmt::format("{} {}", info->code, info->name),
              report.analysed ? "" : "      <skipped message=\"errors before it\"/>\n");
  }
}

Suite suite_of(const FileReport& report) {
  Suite suite;
  suite.file = report.file;
  if (!report.unreadable.empty()) {
    suite.errors = 1;
    suite.add("readable", fmt::format("      <error type=\"unreadable\" message=\"{}\"/>\n",
                                      xml(report.unreadable, true)));
    return suite;
  }
  for (std::size_t i = 0; i < report.findings.size(); ++i) {
    add_finding(report.findings[i], report.sources, report.fails[i], suite);
  }
  add_analyses(report, suite);
  return suite;
}

}  // namespace

std::string verify_junit(const std::vector<FileReport>& reports) {
  std::string suites;
  Suite all;
  for (const FileReport& report : reports) {
    const Suite own = suite_of(report);
    suites += fmt::format(
        "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\">\n{}"
        "  </testsuite>\n",
        xml(own.file, true), own.tests, own.failures, own.errors, own.skipped, own.cases);
    all.tests += own.tests;
    all.failures += own.failures;
    all.errors += own.errors;
    all.skipped += own.skipped;
  }
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"policyc verify\" tests=\"{}\" "
      "failures=\"{}\" errors=\"{}\" skipped=\"{}\">\n{}</testsuites>\n",
      all.tests, all.failures, all.errors, all.skipped, suites);
}

}  // namespace switchyard::driver
