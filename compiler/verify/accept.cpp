#include "compiler/verify/accept.h"

#include <utility>

#include "compiler/diagnostic/registry.h"

namespace switchyard {

namespace {

class Acceptor {
 public:
  Acceptor(const Model& model, const AcceptOptions& options)
      : lines_(model.accepted_codes), denied_(options.denied), used_(lines_.size()) {}

  // Sorts one finding into what stays and what is accepted. One that is denied uses its line, but stays.
  void look_at(const Diagnostic& finding) {
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      const AcceptedCode& line = lines_[i];
      if (line.code != finding.info->code || line.span.file != finding.span.file) continue;
      used_[i] = true;
      if (denied_.contains(line.code)) break;
      accepted.push_back({finding, line.because, true});
      return;
    }
    kept.add(finding);
  }

  void look_at_unused() {
    DiagnosticSink unused;
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      if (used_[i] || lines_[i].code == diag::UnusedAcceptance.info.code) continue;
      unused.report(diag::UnusedAcceptance, lines_[i].span, lines_[i].code)
          .with_help("remove it, so that the next such warning is seen");
    }
    for (const Diagnostic& finding : unused.diagnostics()) look_at(finding);
    for (std::size_t i = 0; i < lines_.size(); ++i) report_if_unused_itself(i);
  }

  // A line that accepts such findings and none is there: itself it cannot accept.
  void report_if_unused_itself(std::size_t i) {
    if (used_[i] || lines_[i].code != diag::UnusedAcceptance.info.code) return;
    kept.report(diag::UnusedAcceptance, lines_[i].span, lines_[i].code)
        .with_help("it accepts lines of this file that accept nothing, and there are none; remove it");
  }

  DiagnosticSink kept;
  std::vector<AcceptedFinding> accepted;

 private:
  const std::vector<AcceptedCode>& lines_;
  const std::set<std::string_view>& denied_;
  std::vector<bool> used_;  // by line
};

}  // namespace

std::vector<AcceptedFinding> accept_findings(const Model& model, const AcceptOptions& options,
                                             DiagnosticSink& sink) {
  Acceptor acceptor(model, options);
  for (const Diagnostic& finding : sink.diagnostics()) acceptor.look_at(finding);
  if (options.report_unused) acceptor.look_at_unused();
  sink = std::move(acceptor.kept);
  return std::move(acceptor.accepted);
}

}  // namespace switchyard
