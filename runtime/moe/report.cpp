#include "runtime/moe/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "runtime/moe/command.h"
#include "runtime/moe/output.h"

namespace switchyard::moe {
namespace {

// A number where it is one.
Json value_json(const std::string& value, bool is_integer) {
  if (is_integer) return Json::parse(value, nullptr, false);
  return value;
}

}  // namespace

std::string outcome_text(const Why& why) {
  switch (why.decision.kind) {
    case Decision::Kind::kTarget: {
      std::string text = why.target;
      for (std::size_t i = 0; i < why.parameters.size(); ++i) {
        text += fmt::format("{}{} = {}", i == 0 ? "(" : ", ", why.parameters[i].first,
                            why.parameters[i].second);
      }
      return why.parameters.empty() ? text : text + ")";
    }
    case Decision::Kind::kRefused: return "refused";
    case Decision::Kind::kExcluded: return "excluded";
    case Decision::Kind::kUndecided: return "undecided";
    case Decision::Kind::kBadFact: return "error";
  }
  return "";
}

std::string reason_text(const Why& why) {
  if (why.decision.kind != Decision::Kind::kTarget) {
    return why.rule.empty() ? why.message : fmt::format("{} ({})", why.message, why.rule);
  }
  const std::string& reason = why.because.empty() ? why.rule_text : why.because;
  return fmt::format("{} ({})", reason, why.rule);
}

std::string skipped_text(const Why& why, std::string_view indent) {
  std::string text;
  for (const SkippedEntry& entry : why.skipped) {
    for (const FailedPart& part : entry.failed) {
      text += fmt::format("{}not {}: needs {}{} ({})\n", indent, entry.target, part.text,
                          part.because.empty() ? "" : ", since " + part.because, part.location);
    }
  }
  return text;
}

Json to_json(const Why& why) {
  Json json = Json::object();
  switch (why.decision.kind) {
    case Decision::Kind::kTarget: {
      json["target"] = why.target;
      json["parameters"] = Json::object();
      for (std::size_t i = 0; i < why.parameters.size(); ++i) {
        json["parameters"][why.parameters[i].first] =
            value_json(why.parameters[i].second, why.parameter_is_integer[i]);
      }
      json["attributes"] = Json::object();
      for (const AttributeInfo& attribute : why.attributes) {
        json["attributes"][attribute.name] = value_json(attribute.value, attribute.is_integer);
      }
      break;
    }
    case Decision::Kind::kRefused: json["refused"] = why.message; break;
    case Decision::Kind::kExcluded: json["excluded"] = why.message; break;
    case Decision::Kind::kUndecided:
    case Decision::Kind::kBadFact: json["error"] = why.message; break;
  }
  if (why.decision.rule != Decision::kNone) {
    json["rule"] = why.rule;
    json["reason"] = why.because;
  }
  return json;
}

Json to_json(const std::vector<facts::BoundFact>& facts) {
  Json json = Json::object();
  for (const facts::BoundFact& fact : facts) {
    json[fact.name] = {{"value", fact.value}, {"from", fact.origin}};
  }
  return json;
}

std::string to_text(const std::vector<facts::BoundFact>& facts) {
  std::size_t names = 0;
  std::size_t values = 0;
  for (const facts::BoundFact& fact : facts) {
    names = std::max(names, fact.name.size());
    values = std::max(values, fact.value.size());
  }
  std::string text;
  for (const facts::BoundFact& fact : facts) {
    text += fmt::format("  {:<{}} = {:<{}}  {}\n", fact.name, names, fact.value, values,
                        fact.origin);
  }
  return text;
}

int status_of(const Decision& decision) {
  switch (decision.kind) {
    case Decision::Kind::kTarget: return kOk;
    case Decision::Kind::kRefused:
    case Decision::Kind::kExcluded: return kRefused;
    case Decision::Kind::kUndecided:
    case Decision::Kind::kBadFact: return kBadInput;
  }
  return kBadInput;
}

void print(const Json& json) {
  // Names and paths may hold bytes that are not UTF-8.
  write("{}\n", json.dump(2, ' ', false, Json::error_handler_t::replace));
}

}  // namespace switchyard::moe
