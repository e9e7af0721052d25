#include "compiler/diff_report/report.h"

#include <algorithm>
#include <cstdint>

#include <fmt/format.h>

#include "compiler/region/box_values.h"
#include "compiler/source/one_line.h"

namespace switchyard::diff {
namespace {

constexpr std::size_t kLongestText = 100;

// On one line, cut between code points.
std::string shortened(std::string_view text) {
  std::string line = one_line(text);
  if (line.size() <= kLongestText) return line;
  std::size_t end = kLongestText;
  while (end > 0 && (static_cast<unsigned char>(line[end]) & 0xC0) == 0x80) --end;
  return line.substr(0, end) + " …";
}

std::vector<ReportedParameter> parameters_of(const Target& target, const Outcome& outcome) {
  std::vector<ReportedParameter> result;
  for (std::size_t i = 0; i < target.parameters.size(); ++i) {
    const Parameter& parameter = target.parameters[i];
    const std::int64_t value = outcome.parameters[i];
    result.push_back({parameter.name,
                      parameter.is_integer ? std::to_string(value)
                                           : parameter.symbols[static_cast<std::size_t>(value)],
                      parameter.is_integer});
  }
  return result;
}

std::string spell_outcome(const Model& model, const Outcome& outcome) {
  if (outcome.refused) return "refused";
  const Target& target = model.targets[outcome.target];
  std::string text;
  for (const ReportedParameter& own : parameters_of(target, outcome)) {
    text += fmt::format("{}{} = {}", text.empty() ? "" : ", ", own.name, own.value);
  }
  return text.empty() ? target.name : fmt::format("{}({})", target.name, text);
}

void set_place(const SourceMap& sources, Span span, ReportedEnd::Decider& decider) {
  const SourceFile& file = sources.file(span.file);
  decider.file = file.path();
  decider.line = file.position(span.begin).line;
  decider.location = fmt::format("{}:{}", decider.file, decider.line);
  decider.text = shortened(sources.text(span));
}

ReportedEnd::Decider decider_of(const Model& model, const SourceMap& sources, RowId id) {
  const Row& row = model.rows[id];
  const Rule& rule = model.rules[row.rule];
  const Outcome& outcome = model.outcomes[row.outcome];
  ReportedEnd::Decider decider;
  if (!outcome.refused) {
    const Target& target = model.targets[outcome.target];
    decider.target = target.name;
    decider.parameters = parameters_of(target, outcome);
  }
  Span said = rule.span;  // without its `because`, which is its last part
  if (!rule.because.empty()) {
    const std::string_view text = sources.text(said);
    const std::size_t reason = std::min(text.size(), rule.because.size() + 2);  // in quotes
    const std::size_t because = text.rfind("because", text.size() - reason);
    if (because != std::string_view::npos && because > 0) {
      said.end = said.begin + static_cast<std::uint32_t>(because);
    }
  }
  set_place(sources, said, decider);
  decider.because = rule.because;  // may have line breaks
  std::replace_if(decider.because.begin(), decider.because.end(),
                  [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
  return decider;
}

ReportedEnd::Decider decider_of(const Model& model, const SourceMap& sources,
                                const std::vector<FactId>& outside, std::uint32_t assumption) {
  ReportedEnd::Decider decider;
  if (assumption < outside.size()) {
    decider.text = fmt::format("a value that `{}` does not have there",
                               model.facts[outside[assumption]].name);
  } else {
    set_place(sources, model.assumptions[assumption].span, decider);
  }
  return decider;
}

ReportedEnd reported_end(const Model& model, const SourceMap& sources,
                         const std::vector<FactId>& outside, const End& end,
                         const Options& options) {
  ReportedEnd result;
  result.kind = end.kind;
  result.label = label_of(model, end, options);
  for (const RowId row : end.rows) {
    ReportedEnd::Decider decider = decider_of(model, sources, row);
    // Two entries of one rule with one target are one to a reader.
    const bool again = !result.deciders.empty() &&
                       result.deciders.back().location == decider.location &&
                       result.deciders.back().target == decider.target &&
                       result.deciders.back().parameters == decider.parameters;
    if (!again) result.deciders.push_back(std::move(decider));
  }
  for (const std::uint32_t assumption : end.assumptions) {
    result.deciders.push_back(decider_of(model, sources, outside, assumption));
  }
  return result;
}

}  // namespace

std::string label_of(const Model& model, const End& end, const Options& options) {
  switch (end.kind) {
    case End::Kind::kTarget:
      if (options.compare != Options::Compare::kAttribute) {
        return spell_outcome(model, model.outcomes[model.rows[end.rows.front()].outcome]);
      }
      return end.value ? *end.value : "no " + options.attribute;
    case End::Kind::kRefused: return "refused";
    case End::Kind::kExcluded: return "excluded";
    case End::Kind::kUndecided: break;
  }
  return "undecided";
}

ReportedRegion reported_region(const Pair& pair, const Partition& partition, const Change& change,
                               const Options& options) {
  ReportedRegion region;
  region.count = change.count;
  region.exact = change.exact;
  region.complete = change.complete;
  region.cut = !change.complete && change.exact && options.max_boxes != SIZE_MAX;
  for (const Box& box : change.boxes) {
    region.boxes.push_back(values_of(pair.new_model, partition, box));
  }
  return region;
}

Report make_report(const Pair& pair, const Partition& partition, const Difference& difference,
                   const Options& options, const Sides& sides) {
  Report report;
  report.old_name = sides.old_name;
  report.new_name = sides.new_name;
  report.compare = options.compare;
  report.attribute = options.attribute;
  report.equal = difference.equal;
  report.total = difference.total;
  report.changed = difference.changed;
  report.exact = difference.exact;
  report.complete = difference.complete;
  report.all_rules = difference.all_rules;
  report.facts = describe_facts(pair);
  for (const Change& change : difference.changes) {
    report.changes.push_back(
        {reported_end(pair.old_model, sides.old_sources, pair.old_outside, change.from, options),
         reported_end(pair.new_model, sides.new_sources, pair.new_outside, change.to, options),
         reported_region(pair, partition, change, options), {}, std::nullopt});
  }
  return report;
}

bool Report::accepted() const {
  if (!slower.empty()) return false;
  if (equal) return true;
  return judged && std::all_of(changes.begin(), changes.end(), [](const ReportedChange& change) {
    return change.failed.empty() && change.unexpected && change.unexpected->count == 0;
  });
}

}  // namespace switchyard::diff
