#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "compiler/diagnostic/box_json.h"
#include "compiler/diagnostic/counted.h"
#include "compiler/diagnostic/sarif.h"
#include "compiler/diff_report/render.h"

namespace switchyard::diff {
namespace {

using Json = nlohmann::ordered_json;

std::string message_of(const ReportedChange& change) {
  std::string text = fmt::format("{} from {} to {}",
                                 counted(size_of(change.region), "combination changes", "combinations change"),
                                 change.from.label, change.to.label);
  for (std::size_t i = 0; i < change.region.boxes.size(); ++i) {
    text += (i == 0 ? " where " : "; or ") + text_of(change.region.boxes[i]);
  }
  return text;
}

std::string_view level_of(const ReportedChange& change) {
  if (!change.failed.empty()) return "error";
  if (!change.unexpected) return "warning";
  return change.unexpected->count == 0 ? "note" : "error";
}

Json result_of(const ReportedChange& change) {
  Json result;
  result["ruleId"] = "policy-change";
  result["level"] = level_of(change);
  result["message"] = sarif_message(message_of(change));
  result["locations"] = Json::array();
  result["relatedLocations"] = Json::array();
  for (const ReportedEnd::Decider& decider : change.to.deciders) {
    if (decider.line != 0 && result["locations"].empty()) {
      result["locations"].push_back(sarif_location(decider.file, decider.line));
    }
  }
  for (const ReportedEnd::Decider& decider : change.from.deciders) {
    if (decider.line == 0) continue;
    Json location = {{"id", result["relatedLocations"].size()}};
    location.update(sarif_location(decider.file, decider.line));
    location["message"] = sarif_message("decided before");
    result["relatedLocations"].push_back(std::move(location));
  }
  Json& properties = result["properties"];
  properties["from"] = change.from.label;
  properties["to"] = change.to.label;
  properties["count"] = count_json(change.region.count.str());
  properties["boxes"] = Json::array();
  for (const BoxValues& box : change.region.boxes) properties["boxes"].push_back(box_json(box));
  return result;
}

}  // namespace

std::string render_sarif(const Report& report, const std::string& tool_version) {
  SarifRun run;
  run.tool = "policyc diff";
  run.version = tool_version;
  Json rule;
  rule["id"] = "policy-change";
  rule["name"] = "PolicyChange";
  rule["shortDescription"]["text"] = "the policy decides otherwise than before";
  run.rules.push_back(std::move(rule));
  for (const ReportedChange& change : report.changes) run.results.push_back(result_of(change));
  for (const std::string& slower : report.slower) {
    Json result;
    result["ruleId"] = "policy-change";
    result["level"] = "error";
    result["message"] = sarif_message("slower: " + slower);
    run.results.push_back(std::move(result));
  }
  return sarif_log(std::move(run));
}

}  // namespace switchyard::diff
