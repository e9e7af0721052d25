#include "compiler/explain/text_parts.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "compiler/diagnostic/snippet.h"
#include "compiler/sema/resolve.h"
#include "compiler/source/one_line.h"

namespace switchyard {

std::string outcome_text(const Model& model, OutcomeId id) {
  const Outcome& outcome = model.outcomes[id];
  if (outcome.refused) return "refuse";
  const Target& target = model.targets[outcome.target];
  std::string values;
  for (std::size_t i = 0; i < outcome.parameters.size(); ++i) {
    const Parameter& parameter = target.parameters[i];
    const std::int64_t value = outcome.parameters[i];
    values += fmt::format("{}{} = {}", values.empty() ? "" : ", ", parameter.name,
                          parameter.is_integer
                              ? std::to_string(value)
                              : printable(parameter.symbols[static_cast<std::size_t>(value)]));
  }
  return values.empty() ? target.name : fmt::format("{}({})", target.name, values);
}

std::string ending_text(const Model& model, const Ending& ending) {
  switch (ending.kind) {
    case Ending::Kind::kTarget: return outcome_text(model, ending.outcome);
    case Ending::Kind::kRefused: return "refuse";
    case Ending::Kind::kExcluded: return "excluded";
    case Ending::Kind::kOpen: return "undecided";
  }
  return {};
}

}  // namespace switchyard

namespace switchyard::explaining {

std::string place(const Told& told, Span span) { return printable(told.sources.location(span)); }

std::string source_text(const Told& told, Span span, std::size_t width) {
  std::string text = printable(one_line(told.sources.text(span)));
  if (text.size() <= width) return text;
  std::size_t end = width - 3;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end) + "…";
}

std::string placed(const Told& told, Span span) {
  return fmt::format("{}: {}", place(told, span), source_text(told, span));
}

std::string places_of(const Told& told, const std::vector<RowId>& rows) {
  constexpr std::size_t kShown = 3;
  std::set<RuleId> rules;
  for (const RowId row : rows) rules.insert(told.model.rows[row].rule);
  std::vector<std::string> places;
  for (const RuleId rule : rules) {
    std::string at = place(told, told.model.rules[rule].span);
    if (std::find(places.begin(), places.end(), at) == places.end()) places.push_back(std::move(at));
  }
  std::string text;
  for (std::size_t i = 0; i < std::min(places.size(), kShown); ++i) {
    text += (i == 0 ? "" : ", ") + places[i];
  }
  if (places.size() > kShown) text += fmt::format(" and {} more", places.size() - kShown);
  return text;
}

std::string values_text(const Model& model, const std::vector<FactId>& facts, const Truths& truths) {
  constexpr std::size_t kShown = 6;
  std::string text;
  for (std::size_t i = 0; i < std::min(facts.size(), kShown); ++i) {
    const Fact& fact = model.facts[facts[i]];
    const std::int64_t code = truths.codes()[facts[i]];
    const bool made = fact.kind != FactKind::kDecision || code >= 0;
    text += fmt::format("{}{} = {}", i == 0 ? "" : ", ", fact.name,
                        made ? printable(spell(fact, code)) : "not decided");
  }
  if (facts.size() > kShown) text += fmt::format(" and {} more", facts.size() - kShown);
  return text;
}

std::string Columns::text() const {
  constexpr std::size_t kWidest = 60;
  std::size_t left = 0, middle = 0;
  for (const Line& line : lines_) {
    if (line.middle.empty()) continue;
    left = std::max(left, std::min<std::size_t>(kWidest, text_width(line.left)));
    middle = std::max(middle, std::min<std::size_t>(kWidest, text_width(line.middle)));
  }
  const auto padded = [](const std::string& text, std::size_t width) {
    const std::size_t own = text_width(text);
    return own < width ? text + std::string(width - own, ' ') : text;
  };
  std::string out;
  for (const Line& line : lines_) {
    if (line.middle.empty()) {
      out += fmt::format("  {}\n", line.left);
    } else if (line.right.empty()) {
      out += fmt::format("  {}  ->  {}\n", padded(line.left, left), line.middle);
    } else {
      out += fmt::format("  {}  ->  {}  {}\n", padded(line.left, left),
                         padded(line.middle, middle), line.right);
    }
  }
  return out;
}

}  // namespace switchyard::explaining
