#include "compiler/diagnostic/diagnostic.h"

#include <algorithm>

#include "runtime/base/check.h"

namespace switchyard {

std::size_t DiagnosticSink::count(const DiagnosticInfo& kind) const {
  const auto at = counts_.find(&kind);
  return at == counts_.end() ? 0 : at->second;
}

Diagnostic& DiagnosticSink::last(const DiagnosticInfo& kind) {
  const auto at = std::find_if(diagnostics_.rbegin(), diagnostics_.rend(),
                               [&](const Diagnostic& own) { return own.info == &kind; });
  SWITCHYARD_CHECK(at != diagnostics_.rend());
  return *at;
}

void DiagnosticSink::note(const DiagnosticInfo& kind) {
  ++counts_[&kind];
  if (kind.severity == Severity::kError) ++errors_;
}

Diagnostic& DiagnosticSink::add(const DiagnosticInfo* info, Span span, std::string message) {
  note(*info);
  Diagnostic& added = diagnostics_.emplace_back();
  added.info = info;
  added.message = std::move(message);
  added.span = span;
  return added;
}

}  // namespace switchyard
