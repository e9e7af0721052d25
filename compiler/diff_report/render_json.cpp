#include <nlohmann/json.hpp>

#include "compiler/diagnostic/box_json.h"
#include "compiler/diff_report/render.h"

namespace switchyard::diff {
namespace {

using Json = nlohmann::ordered_json;

std::string_view outcome_word(End::Kind kind) {
  switch (kind) {
    case End::Kind::kTarget: return "target";
    case End::Kind::kRefused: return "refused";
    case End::Kind::kExcluded: return "excluded";
    case End::Kind::kUndecided: break;
  }
  return "undecided";
}

Json text_or_null(const std::string& text) { return text.empty() ? Json() : Json(text); }

Json end_json(const ReportedEnd& end) {
  Json json;
  json["target"] = nullptr;
  json["rule"] = nullptr;
  json["outcome"] = outcome_word(end.kind);
  json["value"] = end.label;
  if (end.deciders.size() == 1) {
    const ReportedEnd::Decider& only = end.deciders.front();
    json["target"] = text_or_null(only.target);
    json["rule"] = text_or_null(only.location);
    Json parameters = Json::object();
    for (const ReportedParameter& own : only.parameters) {
      parameters[own.name] = own.is_integer ? count_json(own.value) : Json(own.value);
    }
    json["parameters"] = std::move(parameters);
    json["text"] = only.text;
    json["reason"] = text_or_null(only.because);
    return json;
  }
  json["targets"] = Json::array();
  json["rules"] = Json::array();
  for (const ReportedEnd::Decider& decider : end.deciders) {
    json["targets"].push_back(text_or_null(decider.target));
    json["rules"].push_back(text_or_null(decider.location));
  }
  return json;
}

void add_region(Json& json, const ReportedRegion& region) {
  json["count"] = count_json(region.count.str());
  json["exact"] = region.exact;
  if (!region.exact) json["at_least"] = json["count"];
  json["complete"] = region.complete;
  json["boxes"] = Json::array();
  for (const BoxValues& box : region.boxes) json["boxes"].push_back(box_json(box));
}

Json change_json(const ReportedChange& change) {
  Json json;
  json["from"] = end_json(change.from);
  json["to"] = end_json(change.to);
  add_region(json, change.region);
  json["failed"] = change.failed;
  if (change.unexpected) {
    json["unexpected"] = nullptr;
    if (change.unexpected->count != 0) add_region(json["unexpected"], *change.unexpected);
  }
  return json;
}

}  // namespace

std::string render_json(const Report& report) {
  Json json;
  json["equal"] = report.equal;
  json["total"] = report.total ? count_json(report.total->str()) : Json();
  json["changed"] = count_json(report.changed.str());
  json["old"] = report.old_name;
  json["new"] = report.new_name;
  json["by"] = text_or_null(report.attribute);
  json["reasons"] = report.compare == Options::Compare::kReasons;
  json["exact"] = report.exact;
  if (!report.exact) json["at_least"] = json["changed"];
  json["complete"] = report.complete;
  json["all_rules"] = report.all_rules;
  json["accepted"] = report.accepted();
  json["facts"] = report.facts;
  json["stale"] = report.stale;
  json["slower"] = report.slower;
  json["changes"] = Json::array();
  for (const ReportedChange& change : report.changes) json["changes"].push_back(change_json(change));
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace switchyard::diff
