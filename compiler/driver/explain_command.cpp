#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <vector>

#include "compiler/driver/question.h"
#include "compiler/driver/command.h"
#include "compiler/driver/load.h"
#include "compiler/driver/output.h"
#include "compiler/driver/report.h"
#include "compiler/region/partition.h"

namespace switchyard::driver {
namespace {

struct Options {
  std::string policy;
  std::vector<std::string> facts, free;
  Question question;
  std::string format = "human";
  ReportOptions report;
};

int run(const Options& options) {
  Loaded loaded;
  if (!load_or_report(options.policy, options.report, loaded)) return kBadInput;
  DiagnosticSink sink;
  const auto classes = partition(*loaded.model, sink);
  if (!classes) {
    report(sink, loaded.sources, options.report);
    return kBadInput;
  }
  GivenFacts given;
  const std::vector<Error> errors = read_facts(*loaded.model, options.facts, options.free, given);
  for (const Error& error : errors) report_error(error, options.report);
  if (!errors.empty()) return kBadInput;
  const Table* table = loaded.table ? &*loaded.table : nullptr;
  const Expected<Answered> answered = answer(
      options.question, {loaded.name, *loaded.model, loaded.sources, table, *classes, given});
  if (!answered) {
    report_error(answered.error(), options.report);
    return kBadInput;
  }
  if (!write_out(options.format == "human" ? answered->text : answered->json)) return kBadInput;
  return answered->decided ? kOk : kFindings;
}

}  // namespace

int explain_command(Arguments arguments) {
  Options options;
  CLI::App app(
      "Explains one decision: what was tried before it and why that failed, and what would "
      "change it. With facts left out, what is left to decide.\n"
      "A finding is explained by `policyc --explain CODE`.",
      "policyc explain");
  app.add_option("POLICY", options.policy, "a policy or a table; `-` is standard input")
      ->required();
  app.add_option("FACT=VALUE", options.facts,
                 "the facts; those left out take their default or are open");
  app.add_option("--free", options.free, "leave a fact open although it has a default")
      ->allow_extra_args(false);
  auto* why =
      app.add_option("--why", options.question.why, "where this target runs, and what leads to it");
  app.add_option("--why-not", options.question.why_not, "why this target is not chosen here")
      ->excludes(why);
  app.add_option("--changes", options.question.changes,
                 "how many facts may change: 0, 1, 2, or auto: two where no single one does")
      ->check(CLI::IsMember({"auto", "0", "1", "2"}))
      ->capture_default_str();
  app.add_option("--limit", options.question.limit, "lines shown of each list")
      ->check(CLI::Range(std::size_t{1}, std::size_t{10'000}))
      ->capture_default_str();
  app.add_option("--format", options.format, "human or json")
      ->check(CLI::IsMember({"human", "json"}))
      ->capture_default_str();
  add_report_options(app, options.report);
  describe(
      app,
      "  policyc explain moe.table supports_mx=true scheme=w_mxfp4 tokens=8\n"
      "  policyc explain moe.policy scheme=w_mxfp4 --why native\n\n"
      "Exit status: 0 decided, or facts are open; 1 refused, excluded or undecided; 2 bad input.");
  if (const auto status = parse_arguments(app, arguments)) return *status;
  return run(options);
}

}  // namespace switchyard::driver
