#include <CLI/CLI.hpp>
#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "compiler/driver/command.h"
#include "compiler/driver/coverage_report.h"
#include "compiler/driver/log_reader.h"
#include "compiler/driver/open_model.h"
#include "compiler/driver/output.h"
#include "compiler/driver/report.h"
#include "compiler/verify/diagram_judge.h"
#include "compiler/verify/solver_judge.h"
#include "compiler/verify/verify.h"
#include "runtime/decide/decide.h"
#include "runtime/decide/why.h"

namespace switchyard::driver {
namespace {

struct Options {
  std::string policy;
  std::vector<std::string> logs;
  std::vector<std::string> facts;
  std::string format = "human";
  bool fail_unreached = false;
  ReportOptions report;
};

// The regions of all rows, on diagrams where these suffice.
Coverage start(const OpenedModel& policy) {
  if (policy.diagrams) {
    DiagramJudge judge(policy.model, policy.model.formulas, policy.partition, *policy.diagrams,
                       VerifyOptions{}.budget);
    Coverage coverage(policy.table, policy.model, policy.partition, judge);
    if (judge.sound()) return coverage;
  }
  SolverJudge judge(policy.model, policy.model.formulas, policy.partition);
  return Coverage(policy.table, policy.model, policy.partition, judge);
}

}  // namespace

int coverage_command(Arguments arguments) {
  Options options;
  CLI::App app("Which rules, targets and boxes of a policy recorded traffic reached.",
               "policyc coverage");
  app.add_option("POLICY", options.policy, "a policy or a table")->required();
  app.add_option("LOG", options.logs, "decision logs, JSON Lines; `-` is standard input")->required();
  app.add_option("--fact", options.facts,
                 "NAME=VALUE: a fact that lines of the log leave out; may be given several times")
      ->allow_extra_args(false);
  app.add_option("--format", options.format, "human, json, or source: the policy with counts")
      ->check(CLI::IsMember({"human", "json", "source"}))
      ->capture_default_str();
  app.add_flag("--fail-unreached", options.fail_unreached, "exit status 1 if a rule is never reached");
  add_report_options(app, options.report);
  describe(app,
           "  policyc coverage moe.policy dispatch.jsonl\n"
           "  policyc coverage moe.policy monday.jsonl tuesday.jsonl --format source\n\n"
           "Exit status: 0 done, 1 lines could not be read, or a rule is unreached with\n"
           "--fail-unreached, 2 could not run. docs/log-format.md says what a line holds.");
  if (const auto status = parse_arguments(app, arguments)) return *status;
  const auto standard_input = std::count(options.logs.begin(), options.logs.end(), "-");
  if (standard_input > 1) {
    report_error({"standard input can be one of the logs only"}, options.report);
    return kBadInput;
  }
  if (standard_input > 0 && options.policy == "-") {
    report_error({"the policy and the log cannot both be standard input"}, options.report);
    return kBadInput;
  }
  const auto opened = open_model(options.policy, options.report);
  if (!opened) return kBadInput;
  if (opened->from_table && options.format == "source") {
    report_error({fmt::format("`{}` is a table; --format source needs the policy that it was made from",
                              options.policy)},
                 options.report);
    return kBadInput;
  }
  LogReader reader(opened->table);
  for (const std::string& fact : options.facts) {
    if (const auto added = reader.facts().add_filling(fact); !added) {
      report_error(added.error(), options.report);
      return kBadInput;
    }
  }
  Coverage coverage = start(*opened);
  for (const std::string& log : options.logs) {
    const auto done = reader.run(log, [&](const LogLine& line) {
      const Decision now = decide(opened->table, line.facts);
      if (now.kind == Decision::Kind::kBadFact) {
        return reader.reject(line.number, why(opened->table, line.facts).message);
      }
      coverage.add(line.facts);
    });
    if (!done) {
      report_error(done.error(), options.report);
      return kBadInput;
    }
  }
  const CoverageReport report{*opened, coverage, reader.problems(), reader.facts().unknown()};
  const std::string text = options.format == "json"     ? coverage_json(report)
                           : options.format == "source" ? coverage_source(report)
                                                        : coverage_text(report);
  if (!write_out(text)) return kBadInput;
  if (reader.problems().bad_lines > 0) return kFindings;
  return options.fail_unreached && unreached_rules(report) > 0 ? kFindings : kOk;
}

}  // namespace switchyard::driver
