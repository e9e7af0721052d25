#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "compiler/diagnostic/box_json.h"
#include "compiler/diff_report/render.h"

namespace switchyard::diff {
namespace {

using Json = nlohmann::ordered_json;

// A path as a reference that a URI may be (RFC 3986): what is not allowed is percent-encoded.
std::string uri_of(std::string_view path) {
  constexpr std::string_view kPlain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
  std::string uri;
  for (const char c : path) {
    if (kPlain.find(c) != std::string_view::npos) {
      uri += c;
    } else {
      uri += fmt::format("%{:02X}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    }
  }
  return uri;
}

Json location_of(const ReportedEnd::Decider& decider) {
  Json location;
  location["physicalLocation"]["artifactLocation"]["uri"] = uri_of(decider.file);
  location["physicalLocation"]["region"]["startLine"] = decider.line;
  return location;
}

std::string message_of(const ReportedChange& change) {
  std::string text = fmt::format("{} combinations change from {} to {}", size_of(change.region),
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
  result["message"]["text"] = message_of(change);
  result["locations"] = Json::array();
  result["relatedLocations"] = Json::array();
  for (const ReportedEnd::Decider& decider : change.to.deciders) {
    if (decider.line != 0 && result["locations"].empty()) {
      result["locations"].push_back(location_of(decider));
    }
  }
  for (const ReportedEnd::Decider& decider : change.from.deciders) {
    if (decider.line == 0) continue;
    Json location = location_of(decider);
    location["message"]["text"] = "decided before";
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
  Json run;
  Json& driver = run["tool"]["driver"];
  driver["name"] = "policyc diff";
  driver["version"] = tool_version;
  driver["rules"] = Json::array();
  Json rule;
  rule["id"] = "policy-change";
  rule["name"] = "PolicyChange";
  rule["shortDescription"]["text"] = "the policy decides otherwise than before";
  driver["rules"].push_back(std::move(rule));
  run["columnKind"] = "unicodeCodePoints";
  run["results"] = Json::array();
  for (const ReportedChange& change : report.changes) run["results"].push_back(result_of(change));
  for (const std::string& slower : report.slower) {
    Json result;
    result["ruleId"] = "policy-change";
    result["level"] = "error";
    result["message"]["text"] = "slower: " + slower;
    run["results"].push_back(std::move(result));
  }
  Json json;
  json["$schema"] = "https://json.schemastore.org/sarif-2.1.0.json";
  json["version"] = "2.1.0";
  json["runs"] = Json::array({std::move(run)});
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace switchyard::diff
