#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "compiler/driver/audit_report.h"
#include "compiler/driver/command.h"
#include "compiler/driver/log_reader.h"
#include "compiler/driver/open_model.h"
#include "compiler/driver/output.h"
#include "compiler/driver/report.h"
#include "runtime/decide/decide.h"
#include "runtime/decide/why.h"

namespace switchyard::driver {
namespace {

struct Options {
  std::string policy;
  std::string log;
  std::vector<std::string> facts;
  std::string format = "human";
  ReportOptions report;
};

}  // namespace

int audit_command(Arguments arguments) {
  Options options;
  CLI::App app("Replays recorded dispatches against a policy: what would be decided otherwise.",
               "policyc audit");
  app.add_option("POLICY", options.policy, "a policy or a table")->required();
  app.add_option("LOG", options.log, "a decision log, JSON Lines; `-` is standard input")->required();
  app.add_option("--fact", options.facts,
                 "NAME=VALUE: a fact that lines of the log leave out; may be given several times")
      ->allow_extra_args(false);
  app.add_option("--format", options.format, "human or json")
      ->check(CLI::IsMember({"human", "json"}))
      ->capture_default_str();
  add_report_options(app, options.report);
  describe(app,
           "  policyc audit new.policy /var/log/engine/dispatch.jsonl\n"
           "  zcat dispatch.jsonl.gz | policyc audit new.table - --format json\n\n"
           "Exit status: 0 every line is decided as recorded, 1 some are not, or could not be read,\n"
           "2 could not run. docs/log-format.md says what a line holds.");
  if (const auto status = parse_arguments(app, arguments)) return *status;
  if (options.policy == "-" && options.log == "-") {
    report_error({"the policy and the log cannot both be standard input"}, options.report);
    return kBadInput;
  }
  const auto opened = open_model(options.policy, options.report);
  if (!opened) return kBadInput;
  LogReader reader(opened->table);
  for (const std::string& fact : options.facts) {
    if (const auto added = reader.facts().add_filling(fact); !added) {
      report_error(added.error(), options.report);
      return kBadInput;
    }
  }
  Audit audit(opened->table, opened->partition);
  const auto done = reader.run(options.log, [&](const LogLine& line) {
    const Decision now = decide(opened->table, line.facts);
    if (now.kind == Decision::Kind::kBadFact) {
      return reader.reject(line.number, why(opened->table, line.facts).message);
    }
    audit.add(line.recorded, line.facts, now, line.number, line.text);
  });
  if (!done) {
    report_error(done.error(), options.report);
    return kBadInput;
  }
  const AuditReport report{*opened, audit, reader.problems(), reader.facts().unknown()};
  if (!write_out(options.format == "json" ? audit_json(report) : audit_text(report))) return kBadInput;
  return audit.differing() > 0 || reader.problems().bad_lines > 0 ? kFindings : kOk;
}

}  // namespace switchyard::driver
