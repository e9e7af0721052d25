#include "compiler/driver/report.h"

#include <cstdio>
#include <cstdlib>
#include <unistd.h>

#include <fmt/format.h>

#include "compiler/diagnostic/render.h"

namespace switchyard::driver {

void add_report_options(CLI::App& app, ReportOptions& options) {
  app.add_option("--error-format", options.format, "how findings are printed: human or json")
      ->check(CLI::IsMember({"human", "json"}))
      ->capture_default_str();
  app.add_option("--color", options.color, "auto, always or never; auto honours NO_COLOR")
      ->check(CLI::IsMember({"auto", "always", "never"}))
      ->capture_default_str();
}

void report(const DiagnosticSink& sink, const SourceMap& sources, const ReportOptions& options) {
  if (options.format == "json") {
    fmt::print(stderr, "{}\n", render_json(sink.diagnostics(), sources));
    return;
  }
  const char* no_color = std::getenv("NO_COLOR");
  const bool asked_not_to = no_color != nullptr && *no_color != '\0';
  RenderOptions render;
  render.color = options.color == "always" ||
                 (options.color == "auto" && isatty(STDERR_FILENO) != 0 && !asked_not_to);
  fmt::print(stderr, "{}", render_human(sink.diagnostics(), sources, render));
}

void report_error(const Error& error, const ReportOptions& options) {
  if (options.format == "json") {
    fmt::print(stderr, "{}\n", render_json(error));
    return;
  }
  fmt::print(stderr, "policyc: {}\n", error.message);
}

}  // namespace switchyard::driver
