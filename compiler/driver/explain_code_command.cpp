#include <CLI/CLI.hpp>
#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "compiler/driver/command.h"
#include "compiler/driver/finding_rules.h"
#include "compiler/driver/manual_pages.h"
#include "compiler/driver/output.h"
#include "compiler/driver/report.h"
#include "runtime/base/check.h"

// `policyc --explain [CODE]`: the manual page of a finding, or a list of all of them.
namespace switchyard::driver {

namespace {

std::string_view title(const ManualPage& page) {
  return page.text.substr(2, page.text.find('\n') - 2);  // without "# "
}

std::string all_titles() {
  std::string text;
  for (const ManualPage& page : manual_pages()) text += fmt::format("{}\n", title(page));
  return text;
}

}  // namespace

int explain_code_command(Arguments arguments) {
  std::string asked;
  CLI::App app("Prints the manual page of a finding: what it means, an example, and the example corrected.\n"
               "Without CODE, the titles of all pages.",
               "policyc --explain");
  app.add_option("CODE", asked, "a code (SY0302) or name (Undecided) that a finding shows, in any case");
  describe(app, "  policyc --explain SY0302");
  if (const auto status = parse_arguments(app, arguments)) return *status;
  if (asked.empty()) return write_out(all_titles()) ? kOk : kBadInput;
  const auto info = finding_named(asked);
  if (!info) {
    report_error({info.error().message + "; `policyc --explain` lists them"}, {});
    return kBadInput;
  }
  const auto pages = manual_pages();
  const auto page = std::find_if(pages.begin(), pages.end(), [&](const ManualPage& one) {
    return one.code == (*info)->code;
  });
  SWITCHYARD_CHECK(page != pages.end());  // a test compares pages and registry
  return write_out(std::string(page->text)) ? kOk : kBadInput;
}

}  // namespace switchyard::driver
