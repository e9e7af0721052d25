#include <set>
#include <string_view>

#include "compiler/diagnostic/registry.h"
#include "compiler/diagnostic/sarif.h"
#include "compiler/diagnostic/snippet.h"
#include "compiler/driver/verify_report.h"

namespace switchyard::driver {
namespace {

using Json = nlohmann::ordered_json;

Json failure_of(const FileReport& report) {
  Json failure = {{"level", "error"}, {"message", sarif_message(printable(report.unreadable))}};
  Json location;
  location["physicalLocation"]["artifactLocation"]["uri"] = sarif_uri(report.file);
  failure["locations"] = Json::array({std::move(location)});
  return failure;
}

}  // namespace

std::string verify_sarif(const std::vector<FileReport>& reports, const std::string& tool_version) {
  SarifRun run;
  run.tool = "policyc verify";
  run.version = tool_version;
  std::set<std::string_view> named;
  for (const FileReport& report : reports) {
    if (!report.unreadable.empty()) run.failures.push_back(failure_of(report));
    for (const Diagnostic& finding : report.findings) {
      named.insert(finding.info->code);
      run.results.push_back(sarif_result(finding, report.sources));
    }
    for (const AcceptedFinding& accepted : report.accepted) {
      named.insert(accepted.finding.info->code);
      Json result = sarif_result(accepted.finding, report.sources);
      Json suppression = {{"kind", accepted.in_source ? "inSource" : "external"},
                          {"status", "accepted"}};
      suppression["justification"] = accepted.because;
      result["suppressions"] = Json::array({std::move(suppression)});
      run.results.push_back(std::move(result));
    }
  }
  for (const DiagnosticInfo* info : diag::all()) {
    if (named.contains(info->code)) run.rules.push_back(sarif_rule(*info));
  }
  return sarif_log(std::move(run));
}

}  // namespace switchyard::driver
