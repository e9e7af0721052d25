#pragma once

#include <string>

#include "compiler/diagnostic/diagnostic.h"
#include "runtime/cli/app.h"

namespace switchyard::driver {

// --error-format and --color, shared by every command that reports diagnostics.
struct ReportOptions {
  std::string format = "human";
  std::string color = "auto";
};

void add_report_options(CLI::App& app, ReportOptions& options);

// Prints the diagnostics to standard error: for people, in colour on a terminal unless NO_COLOR is
// set (https://no-color.org), or as one JSON document.
void report(const DiagnosticSink& sink, const SourceMap& sources, const ReportOptions& options);

// "policyc: MESSAGE", or the same as a JSON document.
void report_error(const Error& error, const ReportOptions& options);

}  // namespace switchyard::driver
