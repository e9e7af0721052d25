#include "compiler/diagnostic/diagnostic.h"

namespace switchyard {

Diagnostic& DiagnosticSink::add(const DiagnosticInfo* info, Span span, std::string message) {
  if (info->severity == Severity::kError) ++errors_;
  Diagnostic& added = diagnostics_.emplace_back();
  added.info = info;
  added.message = std::move(message);
  added.span = span;
  return added;
}

}  // namespace switchyard
