#include "compiler/diff_report/expectation.h"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "compiler/diagnostic/box_json.h"
#include "compiler/diff/endings.h"
#include "compiler/region/condition_text.h"

namespace switchyard::diff {
namespace {

using Json = nlohmann::ordered_json;

Error wrong(const std::string& name, const std::string& what) {
  return {fmt::format("`{}` holds no reviewed changes: {}; `policyc diff --write-expect` writes such a "
                      "file", name, what)};
}

bool is_texts(const Json& json) {
  return json.is_array() && std::all_of(json.begin(), json.end(),
                                        [](const Json& one) { return one.is_string(); });
}

// What makes two ends the same change in comparisons of different regions: rows that decide depend on
// the region, their outcome and rule do not.
struct Identity {
  End::Kind kind;
  std::string label;
  std::uint32_t place;  // of the rule or assumption; 0 by attribute
  friend bool operator==(const Identity&, const Identity&) = default;
};

Identity identity_of(const Model& model, const End& end, const Options& options) {
  Identity identity{end.kind, label_of(model, end, options), 0};
  if (options.compare == Options::Compare::kAttribute) return identity;
  if (!end.rows.empty()) identity.place = model.rows[end.rows.front()].rule;
  if (!end.assumptions.empty()) identity.place = end.assumptions.front();
  return identity;
}

// The change from and to the same; null when there is none. Unless `rules`, one of the same labels will
// do: one side does not tell rules apart.
const Change* find_same(const Pair& pair, const Difference& in, const Change& wanted, bool rules,
                        const Options& options) {
  const auto fits = [&](const Model& model, const End& a, const End& b) {
    const Identity one = identity_of(model, a, options), other = identity_of(model, b, options);
    return one == other || (!rules && one.kind == other.kind && one.label == other.label);
  };
  for (const Change& change : in.changes) {
    if (fits(pair.old_model, change.from, wanted.from) && fits(pair.new_model, change.to, wanted.to)) {
      return &change;
    }
  }
  return nullptr;
}

// By leaf of the model: the policy ends there with this label.
std::vector<bool> leaves_labelled(const Model& model, const std::string& label,
                                  const Options& options) {
  std::vector<bool> result;
  for (std::uint32_t leaf = 0; leaf <= leaf_codes(model).undecided(); ++leaf) {
    result.push_back(label_of(model, end_of(model, {leaf}, options), options) == label);
  }
  return result;
}

}  // namespace

std::string write_expectation(const Pair& pair, const Partition& partition,
                              const Difference& difference, const Options& options) {
  struct Group {
    std::string from, to;
    Count count = 0;
    std::vector<std::string> boxes;
  };
  std::vector<Group> groups;
  for (const Change& change : difference.changes) {
    const std::string from = label_of(pair.old_model, change.from, options);
    const std::string to = label_of(pair.new_model, change.to, options);
    auto group = std::find_if(groups.begin(), groups.end(), [&](const Group& one) {
      return one.from == from && one.to == to;
    });
    if (group == groups.end()) group = groups.insert(groups.end(), {from, to, 0, {}});
    group->count += change.count;
    for (const Box& box : change.boxes) {
      group->boxes.push_back(condition_of(pair.new_model, partition, box));
    }
  }
  Json json;
  json["version"] = 1;
  json["by"] = options.attribute.empty() ? Json() : Json(options.attribute);
  json["reasons"] = options.compare == Options::Compare::kReasons;
  json["changes"] = Json::array();
  for (const Group& group : groups) {
    json["changes"].push_back({{"from", group.from}, {"to", group.to},
                               {"count", count_json(group.count.str())}, {"boxes", group.boxes}});
  }
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Expected<Expectation> read_expectation(std::string_view text, const std::string& name) {
  const Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded()) return tl::unexpected(wrong(name, "it is not JSON"));
  if (!json.is_object() || json.value("version", Json()) != 1) {
    return tl::unexpected(wrong(name, "it does not say `\"version\": 1`"));
  }
  Expectation result;
  const Json by = json.value("by", Json()), reasons = json.value("reasons", Json(false));
  if (!by.is_null() && !by.is_string()) return tl::unexpected(wrong(name, "`by` is no text"));
  if (!reasons.is_boolean()) {
    return tl::unexpected(wrong(name, "`reasons` is neither true nor false"));
  }
  if (by.is_string()) result.attribute = by.get<std::string>();
  result.reasons = reasons.get<bool>();
  const Json changes = json.value("changes", Json());
  if (!changes.is_array()) return tl::unexpected(wrong(name, "`changes` is no list"));
  for (std::size_t i = 0; i < changes.size(); ++i) {
    const Json& own = changes[i];
    const bool fits = own.is_object() && own.value("from", Json()).is_string() &&
                      own.value("to", Json()).is_string() && is_texts(own.value("boxes", Json()));
    if (!fits) {
      return tl::unexpected(wrong(
          name, fmt::format("change {} lacks `from`, `to` or a list `boxes` of texts", i + 1)));
    }
    Expectation::Change change{own["from"], own["to"], own["boxes"].get<std::vector<std::string>>()};
    const auto again = std::find_if(
        result.changes.begin(), result.changes.end(), [&](const Expectation::Change& one) {
          return one.from == change.from && one.to == change.to;
        });
    if (again == result.changes.end()) {
      result.changes.push_back(std::move(change));
    } else {
      again->boxes.insert(again->boxes.end(), change.boxes.begin(), change.boxes.end());
    }
  }
  return result;
}

void judge(const Expectation& expectation, const std::vector<FormulaId>& regions, const Pair& pair,
           const Partition& partition, const Difference& difference, const Options& options,
           Report& report) {
  std::vector<Exemption> exempt;
  for (std::size_t i = 0; i < expectation.changes.size(); ++i) {
    const Expectation::Change& expected = expectation.changes[i];
    exempt.push_back({leaves_labelled(pair.old_model, expected.from, options),
                      leaves_labelled(pair.new_model, expected.to, options), regions[i]});
  }
  const Difference outside = compare(pair, partition, options, exempt);
  const bool rules = difference.all_rules && outside.all_rules;
  report.judged = true;
  for (std::size_t c = 0; c < report.changes.size(); ++c) {
    const Change* left = find_same(pair, outside, difference.changes[c], rules, options);
    report.changes[c].unexpected = left == nullptr ? ReportedRegion{0, true, {}, true}
                                                   : reported_region(pair, partition, *left, options);
  }
  for (std::size_t i = 0; i < expectation.changes.size(); ++i) {
    if (outside.met[i]) continue;
    const Expectation::Change& expected = expectation.changes[i];
    report.stale.push_back(fmt::format("{} -> {}: {}", expected.from, expected.to,
                                       fmt::join(expected.boxes, "; or ")));
  }
}

}  // namespace switchyard::diff
