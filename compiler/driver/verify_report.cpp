#include "compiler/driver/verify_report.h"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "compiler/diagnostic/box_json.h"
#include "compiler/diagnostic/counted.h"
#include "compiler/diagnostic/render.h"

namespace switchyard::driver {
namespace {

using Json = nlohmann::ordered_json;

std::string summary(const FileReport& report) {
  if (!report.unreadable.empty()) return fmt::format("{}: could not be verified\n", report.file);
  std::string line = report.file + ": ";
  if (report.failed) {
    line += counted(report.errors, "error") + ", " + counted(report.warnings, "warning");
  } else {
    line += fmt::format("verified: {} and {}", counted(report.rules, "rule"),
                        counted(report.promises, "promise"));
    if (report.admitted) {
      line += " over " + counted(spell(*report.admitted), "combination");
      if (*report.excluded > 0) {
        line += fmt::format(" ({} more excluded by `assume`)", spell(*report.excluded));
      }
    }
    if (report.warnings > 0) line += "; " + counted(report.warnings, "warning");
  }
  if (!report.accepted.empty()) {
    line += "; " + counted(report.accepted.size(), "finding") + " accepted";
  }
  return line + "\n";
}

Json count_or_null(const std::optional<Count>& count) {
  return count ? count_json(count->str()) : Json(nullptr);
}

}  // namespace

std::string verify_human(const std::vector<FileReport>& reports, const VerifyText& options) {
  std::string out;
  RenderOptions render;
  render.color = options.color;
  for (const FileReport& report : reports) {
    if (report.findings.empty()) continue;
    out += render_human(report.findings, report.sources, render) + "\n";
  }
  for (const FileReport& report : reports) {
    if (!report.unknown_targets.empty()) {
      out += fmt::format("{}: the capabilities name targets that it does not have: {}\n", report.file,
                         fmt::join(report.unknown_targets, ", "));
    }
    if (report.overlaps) out += overlaps_human(report.file, *report.overlaps);
    out += summary(report);
  }
  return out;
}

std::string verify_json(const std::vector<FileReport>& reports, const VerifyText& options) {
  Json files = Json::array();
  bool failed = false;
  for (const FileReport& report : reports) {
    Json file = {{"file", report.file}};
    if (!report.unreadable.empty()) {
      file["unreadable"] = report.unreadable;
      failed = true;
    } else {
      failed = failed || report.failed;
      file["failed"] = report.failed;
      file["errors"] = report.errors;
      file["warnings"] = report.warnings;
      file["accepted"] = report.accepted.size();
      file["rules"] = report.rules;
      file["promises"] = report.promises;
      file["combinations"] = count_or_null(report.admitted);
      file["excluded"] = count_or_null(report.excluded);
      file["unknown_targets"] = report.unknown_targets;
      if (options.overlaps) {
        file["overlaps"] = report.overlaps ? overlaps_json(*report.overlaps) : Json(nullptr);
      }
      file["diagnostics"] =
          Json::parse(render_json(report.findings, report.sources)).at("diagnostics");
    }
    files.push_back(std::move(file));
  }
  const Json document = {{"version", 1}, {"failed", failed}, {"files", std::move(files)}};
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace switchyard::driver
