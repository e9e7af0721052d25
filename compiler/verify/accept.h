#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/diagnostic/diagnostic.h"
#include "compiler/sema/model.h"

namespace switchyard {

struct AcceptOptions {
  std::set<std::string_view> denied;  // codes that no line accepts
  // Warn (SY0330) of lines that accept nothing: when every warning was looked for.
  bool report_unused = false;
};

// A warning that the user accepts, and the reason given for it.
struct AcceptedFinding {
  Diagnostic finding;
  std::string because;
  bool in_source = false;  // by a line of its file, not by settings or arguments
};

// Takes the warnings out of `sink` that a line `allow CODE because "…"` of their file accepts, and
// returns them.
std::vector<AcceptedFinding> accept_findings(const Model& model, const AcceptOptions& options,
                                             DiagnosticSink& sink);

}  // namespace switchyard
