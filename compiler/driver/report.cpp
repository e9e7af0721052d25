#include "compiler/driver/output.h"
#include "compiler/driver/report.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>
#include <unistd.h>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

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
    print_error("{}", render_json(sink.diagnostics(), sources));
    return;
  }
  const char* no_color = std::getenv("NO_COLOR");
  const bool asked_not_to = no_color != nullptr && *no_color != '\0';
  RenderOptions render;
  render.color = options.color == "always" ||
                 (options.color == "auto" && isatty(STDERR_FILENO) != 0 && !asked_not_to);
  print_error("{}", render_human(sink.diagnostics(), sources, render));
}

void report_error(const Error& error, const ReportOptions& options) {
  if (options.format == "json") {
    // The document of render_json, with a finding that has no code and no place in a policy.
    const nlohmann::ordered_json document = {
        {"version", 1}, {"errors", 1}, {"warnings", 0}, {"error", error.message},
        {"diagnostics", nlohmann::json::array()}};
    constexpr auto kReplace = nlohmann::json::error_handler_t::replace;  // paths may be any bytes
    print_error("{}\n", document.dump(-1, ' ', false, kReplace));
    return;
  }
  print_error("policyc: {}\n", error.message);
}

}  // namespace switchyard::driver
