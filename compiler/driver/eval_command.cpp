#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <string_view>

#include <fmt/format.h>

#include "compiler/driver/command.h"
#include "compiler/driver/eval_jsonl.h"
#include "compiler/driver/open_policy.h"
#include "compiler/driver/output.h"
#include "compiler/driver/report.h"
#include "runtime/base/check.h"
#include "runtime/decide/decide.h"
#include "runtime/decide/fact_row.h"
#include "runtime/decide/why.h"

namespace switchyard::driver {
namespace {

struct Options {
  std::string policy;
  std::vector<std::string> facts;
  std::string jsonl;
  ReportOptions report;
};

Expected<void> set_argument(const Table& table, FactRow& row, const std::string& argument) {
  const std::size_t equals = argument.find('=');
  if (equals == std::string::npos || equals == 0) {
    return fail(fmt::format("`{}` is not of the form fact=value", argument));
  }
  const std::string_view name = std::string_view(argument).substr(0, equals);
  const Expected<std::uint32_t> fact = row.index_of(name);
  if (!fact) return fail(fact.error().message);
  if (row.is_set(*fact)) return fail(fmt::format("fact `{}` is given twice", table.facts()[*fact].name));
  return row.set_text(*fact, std::string_view(argument).substr(equals + 1));
}

int status_of(Decision::Kind kind) {
  switch (kind) {
    case Decision::Kind::kTarget: return kOk;
    case Decision::Kind::kRefused:
    case Decision::Kind::kExcluded: return kFindings;
    case Decision::Kind::kUndecided:
    case Decision::Kind::kBadFact: return kBadInput;
  }
  SWITCHYARD_CHECK(false);
}

// Every unusable argument is reported, not the first alone.
int eval_arguments(const Table& table, const Options& options) {
  FactRow row(table);
  bool bad = false;
  for (const std::string& argument : options.facts) {
    if (const auto set = set_argument(table, row, argument); !set) {
      report_error(set.error(), options.report);
      bad = true;
    }
  }
  if (bad) return kBadInput;
  const Expected<const void*> facts = row.finish();
  if (!facts) {
    report_error(facts.error(), options.report);
    return kBadInput;
  }
  const Why answer = why(table, *facts);
  if (!write_out(to_text(answer))) return kBadInput;
  return status_of(answer.decision.kind);
}

}  // namespace

int eval_command(Arguments arguments) {
  Options options;
  CLI::App app("Decides one input given as fact=value, or one a line of JSON Lines.", "policyc eval");
  app.add_option("POLICY", options.policy, "a policy or a table; `-` reads a policy from standard input")
      ->required();
  auto* facts = app.add_option("FACT=VALUE", options.facts, "facts without a default must be given");
  app.add_option("--jsonl", options.jsonl,
                 "a file of JSON objects of facts, one a line; `-` is standard input")
      ->excludes(facts);
  add_report_options(app, options.report);
  describe(app,
           "  policyc eval moe.policy supports_mx=true scheme=w_mxfp4 tokens=8\n"
           "  echo '{\"supports_mx\": true, \"scheme\": \"w_mxfp4\"}' | policyc eval moe.table --jsonl -\n\n"
           "Exit status: 0 decided, 1 refused or excluded, 2 bad input; with --jsonl the worst of the\n"
           "lines. A bad line is answered with {\"error\": …} where it stands, and the run goes on.");
  if (const auto status = parse_arguments(app, arguments)) return *status;
  if (options.policy == "-" && options.jsonl == "-") {
    report_error({"the policy and --jsonl cannot both be standard input"}, options.report);
    return kBadInput;
  }
  const Opened opened = open_policy(options.policy, options.report);
  if (!opened.table) return opened.status;
  if (options.jsonl.empty()) return eval_arguments(*opened.table, options);
  const Expected<int> status = eval_jsonl(*opened.table, options.jsonl);
  if (!status) {
    report_error(status.error(), options.report);
    return kBadInput;
  }
  return *status;
}

}  // namespace switchyard::driver
