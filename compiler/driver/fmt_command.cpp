#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <span>

#include <fmt/format.h>

#include "compiler/driver/command.h"
#include "compiler/driver/output.h"
#include "compiler/driver/read.h"
#include "compiler/driver/report.h"
#include "compiler/emit/write_file.h"
#include "compiler/parse/parse.h"

namespace switchyard::driver {
namespace {

struct Options {
  std::vector<std::string> paths;
  bool check = false;
  ReportOptions report;
};

int format_one(const std::string& path, const Options& options) {
  SourceMap sources;
  DiagnosticSink sink;
  const Expected<FileId> file = read_source(sources, path);
  if (!file) {
    report_error(file.error(), options.report);
    return kBadInput;
  }
  const ast::File parsed = parse_file(sources, *file, sink);
  if (sink.has_errors()) {  // a text that is not understood is left as it was
    report(sink, sources, options.report);
    return kFindings;
  }
  const std::string text = format_policy(sources, parsed);
  const bool changed = text != sources.file(*file).text();
  if (options.check) {
    if (changed) print_error("{0}: not canonical; run `policyc fmt {0}`\n", path);
    return changed ? kFindings : kOk;
  }
  if (path == "-") {
    return write_out(text) ? kOk : kBadInput;
  }
  if (!changed) return kOk;
  if (const auto written = write_file(path, std::as_bytes(std::span(text))); !written) {
    report_error(written.error(), options.report);
    return kBadInput;
  }
  return write_out(fmt::format("formatted {}\n", path)) ? kOk : kBadInput;
}

}  // namespace

int fmt_command(Arguments arguments) {
  Options options;
  CLI::App app("Rewrites policies as canonical text; comments are kept, the meaning is unchanged.",
               "policyc fmt");
  app.add_option("FILE", options.paths, "policy files; `-` formats standard input to standard output")
      ->required();
  app.add_flag("--check", options.check, "change nothing; exit status 1 if a file is not canonical");
  add_report_options(app, options.report);
  describe(app, "  policyc fmt policies/*.policy\n  policyc fmt --check - < moe.policy");
  if (const auto status = parse_arguments(app, arguments)) return *status;

  int status = kOk;
  for (const std::string& path : options.paths) {
    status = std::max(status, format_one(path, options));
  }
  return status;
}

}  // namespace switchyard::driver
