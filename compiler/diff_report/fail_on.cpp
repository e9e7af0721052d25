#include "compiler/diff_report/fail_on.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "compiler/diagnostic/did_you_mean.h"
#include "compiler/diff_report/render.h"

namespace switchyard::diff {
namespace {

constexpr std::string_view kForms =
    "write 'TARGET -> TARGET', either of them `*`, `refused`, `excluded` or `undecided`, or `slower`";

std::string trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\n");
  if (begin == std::string_view::npos) return {};
  return std::string(text.substr(begin, text.find_last_not_of(" \t\n") - begin + 1));
}

// Targets of the policies' own decision, or their values of the attribute, in source order.
std::vector<std::string> names_of(const Pair& pair, const Options& options) {
  std::vector<std::string> names;
  const auto add = [&](const std::string& name) {
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  };
  for (const Model* model : {&pair.old_model, &pair.new_model}) {
    for (const TargetId id : model->main().targets) {
      const Target& target = model->targets[id];
      if (options.compare != Options::Compare::kAttribute) add(target.name);
      for (const Attribute& attribute : target.attributes) {
        const bool asked = options.compare == Options::Compare::kAttribute &&
                           attribute.name == options.attribute;
        if (asked) add(attribute.value);
      }
    }
  }
  return names;
}

Expected<std::string> end_named(const std::string& name, const std::vector<std::string>& names,
                                const Options& options) {
  if (std::find(names.begin(), names.end(), name) != names.end()) return name;
  if (name == "*" || name == "refused" || name == "excluded" || name == "undecided") return name;
  if (name == "error") return std::string("refused");
  std::vector<std::string> candidates = names;
  candidates.insert(candidates.end(), {"refused", "excluded", "undecided"});
  const std::string meant = did_you_mean_text(name, candidates);
  const bool by = options.compare == Options::Compare::kAttribute;
  return fail(fmt::format("neither policy has a {} `{}`; {}",
                          by ? fmt::format("target with `{} =`", options.attribute) : "target", name,
                          meant.empty() ? fmt::format("there are {}", fmt::join(candidates, ", "))
                                        : meant));
}

bool fits(const std::string& name, const ReportedEnd& end, const Report& report) {
  if (name == "*") return true;
  if (report.compare == Options::Compare::kAttribute || end.kind != End::Kind::kTarget) {
    return name == end.label;
  }
  return std::any_of(end.deciders.begin(), end.deciders.end(),
                     [&](const ReportedEnd::Decider& decider) { return decider.target == name; });
}

std::set<std::string> targets_of(const Model& model, const End& end) {
  std::set<std::string> names;
  for (const RowId row : end.rows) {
    const Outcome& outcome = model.outcomes[model.rows[row].outcome];
    if (!outcome.refused) names.insert(model.targets[outcome.target].name);
  }
  return names;
}

// All that `faster` lines of this policy put behind these.
std::set<std::string> behind(const Model& model, std::set<std::string> names) {
  std::set<std::string> found;
  std::vector<std::string> open(names.begin(), names.end());
  while (!open.empty()) {
    const std::string name = std::move(open.back());
    open.pop_back();
    for (const std::vector<TargetId>& chain : model.faster) {
      bool after = false;
      for (const TargetId id : chain) {
        const std::string& other = model.targets[id].name;
        if (after && found.insert(other).second) open.push_back(other);
        after = after || other == name;
      }
    }
  }
  return found;
}

bool is_slower(const Pair& pair, const End& from, const End& to) {
  if (from.kind != End::Kind::kTarget || to.kind != End::Kind::kTarget) return false;
  const std::set<std::string> before = targets_of(pair.old_model, from);
  const std::set<std::string> after = targets_of(pair.new_model, to);
  for (const Model* model : {&pair.old_model, &pair.new_model}) {
    const std::set<std::string> slower = behind(*model, before);
    if (std::any_of(after.begin(), after.end(),
                    [&](const std::string& name) { return slower.contains(name); })) {
      return true;
    }
  }
  return false;
}

bool contains(const std::vector<RowId>& outer, const std::vector<RowId>& inner) {
  return std::includes(outer.begin(), outer.end(), inner.begin(), inner.end());
}

// By attribute: which changes of the report have slower targets in them, and what it does not show.
void mark_slower_targets(const std::string& text, const Pair& pair, const Partition& partition,
                         const Difference& difference, const Options& options, Report& report) {
  Options by_outcome = options;
  by_outcome.compare = Options::Compare::kOutcome;
  const Difference outcomes = compare(pair, partition, by_outcome);
  for (const Change& change : outcomes.changes) {
    if (!is_slower(pair, change.from, change.to)) continue;
    bool shown = false;
    for (std::size_t i = 0; i < difference.changes.size(); ++i) {
      const Change& own = difference.changes[i];
      if (!contains(own.from.rows, change.from.rows) || !contains(own.to.rows, change.to.rows)) continue;
      shown = true;
      std::vector<std::string>& failed = report.changes[i].failed;
      if (std::find(failed.begin(), failed.end(), text) == failed.end()) failed.push_back(text);
    }
    if (shown) continue;
    const ReportedRegion region = reported_region(pair, partition, change, options);
    std::string where;
    for (const BoxValues& box : region.boxes) where += (where.empty() ? "" : "; or ") + text_of(box);
    report.slower.push_back(fmt::format("{}: {} -> {} where {}", size_of(region),
                                        label_of(pair.old_model, change.from, by_outcome),
                                        label_of(pair.new_model, change.to, by_outcome), where));
  }
}

}  // namespace

Expected<FailOn> parse_fail_on(const std::string& text, const Pair& pair, const Options& options) {
  FailOn result;
  result.text = trimmed(text);
  if (result.text == "slower") {
    result.slower = true;
    return result;
  }
  const std::size_t arrow = text.find("->");
  if (arrow == std::string::npos) {
    return fail(fmt::format("--fail-on `{}` has no `->`; {}", text, kForms));
  }
  const std::string from = trimmed(std::string_view(text).substr(0, arrow));
  const std::string to = trimmed(std::string_view(text).substr(arrow + 2));
  if (from.empty() || to.empty()) {
    return fail(fmt::format("--fail-on `{}` lacks a side of `->`; {}", text, kForms));
  }
  const std::vector<std::string> names = names_of(pair, options);
  for (const auto& [written, side] : {std::pair(&from, &result.from), std::pair(&to, &result.to)}) {
    Expected<std::string> name = end_named(*written, names, options);
    if (!name) return fail(fmt::format("--fail-on `{}`: {}", text, name.error().message));
    *side = std::move(*name);
  }
  return result;
}

void mark_failed(const std::vector<FailOn>& patterns, const Pair& pair, const Partition& partition,
                 const Difference& difference, const Options& options, Report& report) {
  for (const FailOn& pattern : patterns) {
    if (pattern.slower && options.compare == Options::Compare::kAttribute) {
      mark_slower_targets(pattern.text, pair, partition, difference, options, report);
      continue;
    }
    for (std::size_t i = 0; i < report.changes.size(); ++i) {
      ReportedChange& change = report.changes[i];
      // Only the reason changed: no pattern speaks of that.
      if (change.from.kind == change.to.kind && change.from.label == change.to.label) continue;
      const bool matches =
          pattern.slower ? is_slower(pair, difference.changes[i].from, difference.changes[i].to)
                         : fits(pattern.from, change.from, report) && fits(pattern.to, change.to, report);
      if (matches) change.failed.push_back(pattern.text);
    }
  }
}

}  // namespace switchyard::diff
