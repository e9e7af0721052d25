#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "compiler/diagnostic/counted.h"
#include "compiler/driver/command.h"
#include "compiler/driver/log_reader.h"
#include "compiler/driver/open_policy.h"
#include "compiler/driver/output.h"
#include "compiler/driver/report.h"
#include "runtime/decide/decide.h"
#include "runtime/decide/why.h"

namespace switchyard::driver {
namespace {

// So many failures are shown; all are counted.
constexpr std::uint64_t kMaxShown = 50;

std::string indented(const std::string& text) {
  std::string result;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = text.find('\n', begin);
    result += "  " + text.substr(begin, end - begin) + "\n";
    if (end == std::string::npos) break;
    begin = end + 1;
  }
  return result;
}

}  // namespace

int test_command(Arguments arguments) {
  std::string policy, tests;
  std::vector<std::string> facts;
  ReportOptions report;
  CLI::App app("Runs inputs with their expected decisions, as `policyc gen-tests` writes them.",
               "policyc test");
  app.add_option("POLICY", policy, "a policy or a table")->required();
  app.add_option("TESTS", tests, "JSON Lines of the log's format; `-` is standard input")->required();
  app.add_option("--fact", facts, "NAME=VALUE: a fact that the lines leave out")
      ->allow_extra_args(false);
  add_report_options(app, report);
  describe(app,
           "  policyc gen-tests moe.policy > moe.tests.jsonl\n"
           "  policyc test moe.policy moe.tests.jsonl\n\n"
           "Exit status: 0 all pass, 1 some do not, 2 could not run, an empty file included.");
  if (const auto status = parse_arguments(app, arguments)) return *status;
  if (policy == "-" && tests == "-") {
    report_error({"the policy and the tests cannot both be standard input"}, report);
    return kBadInput;
  }
  const Opened opened = open_policy(policy, report);
  if (!opened.table) return kBadInput;
  const Table& table = *opened.table;
  LogReader reader(table);
  for (const std::string& fact : facts) {
    if (const auto added = reader.facts().add_filling(fact); !added) {
      report_error(added.error(), report);
      return kBadInput;
    }
  }
  std::uint64_t passed = 0, failed = 0;
  std::string out;
  const auto done = reader.run(tests, [&](const LogLine& line) {
    if (line.recorded.kind == RecordedOutcome::Kind::kNothing) {
      return reader.reject(line.number, "no decision to compare with: give `target` or `outcome`");
    }
    const Decision now = decide(table, line.facts);
    if (agrees(table, line.recorded, now)) {
      ++passed;
      return;
    }
    if (++failed > kMaxShown) return;
    out += fmt::format("line {}: expected {}\n{}", line.number, spell(line.recorded),
                       indented(to_text(why(table, line.facts))));
    out += fmt::format("  input   {}\n", line.text.substr(0, 1000));
  });
  if (!done) {
    report_error(done.error(), report);
    return kBadInput;
  }
  if (failed > kMaxShown) out += fmt::format("{} more failed\n", failed - kMaxShown);
  for (const auto& [name, count] : reader.facts().unknown()) {
    out += fmt::format("ignored: fact `{}`, which the policy does not have, in {}\n", name,
                       counted(count, "line"));
  }
  for (const auto& [message, bad] : reader.problems().bad) {
    out += fmt::format("line {}{}: {}\n", bad.first_line,
                       bad.count > 1 ? fmt::format(" and {} more", bad.count - 1) : "", message);
  }
  const std::uint64_t unusable = reader.problems().bad_lines;
  out += fmt::format("{} passed, {} failed{}\n", passed, failed + unusable,
                     unusable > 0 ? fmt::format(", {} of these unusable", unusable) : "");
  if (!write_out(out)) return kBadInput;
  if (passed + failed + unusable == 0) {
    report_error({fmt::format("`{}` holds no test", tests)}, report);
    return kBadInput;
  }
  return failed + unusable > 0 ? kFindings : kOk;
}

}  // namespace switchyard::driver
