#include <fmt/format.h>

#include "compiler/diagnostic/snippet.h"
#include "compiler/explain/text_parts.h"

namespace switchyard {

namespace {

using namespace explaining;

std::string quoted_reason(const std::string& because) {
  return because.empty() ? "" : fmt::format("  \"{}\"", printable(because));
}

// "false: mx  (mx = false)"; where the part stands, when that is not the line already named.
std::string false_text(const Told& told, const FalsePart& part, const Truths& truths, Span named) {
  const std::string at = place(told, part.span);
  const std::string values = values_text(told.model, part.facts, truths);
  return fmt::format("false: {}{}{}", at == place(told, named) ? "" : at + ": ",
                     source_text(told, part.span),
                     values.empty() ? "" : fmt::format("  ({})", values));
}

// A line each: "cannot run (file:12): false: mx  (mx = false)  "MX hardware"".
std::string requirements_text(const Told& told, const Entry& entry,
                              const std::vector<FailedRequirement>& failed, const Truths& truths,
                              std::string_view indent) {
  std::string out;
  for (const FailedRequirement& one : failed) {
    const Requirement& requirement = entry.requirements[one.index];
    out += fmt::format("{}cannot run ({}): {}{}\n", indent,
                       place(told, requirement.span),
                       false_text(told, one.part, truths, requirement.span),
                       quoted_reason(requirement.because));
  }
  return out;
}

std::string uses_text(const Told& told, const TargetStory& story, const Truths& truths) {
  std::string out;
  if (story.uses.empty()) return "    no rule chooses it\n";
  for (const Use& use : story.uses) {
    const Rule& rule = told.model.rules[use.rule];
    const Entry& entry = rule.entries[use.entry];
    out += fmt::format("    {}\n", placed(told, rule.span));
    switch (use.state) {
      case Use::State::kChosen:
        out += "      decides\n";
        break;
      case Use::State::kCondition:
        out += fmt::format("      {}\n", false_text(told, *use.condition, truths, rule.span));
        break;
      case Use::State::kRequires:
        break;
      case Use::State::kTaken: {
        const Rule& taker = told.model.rules[told.model.rows[story.decider].rule];
        out += use.rule == told.model.rows[story.decider].rule
                   ? "      would do, but an entry before it is taken\n"
                   : fmt::format("      would do, but {} decides before it\n",
                                 place(told, taker.span));
        break;
      }
      case Use::State::kNotAsked:
        out += "      was not asked: an earlier decision ended the policy\n";
        break;
    }
    out += requirements_text(told, entry, use.requirements, truths, "      ");
  }
  return out;
}

std::string passed_of(const Told& told, const BlockStory& story, const Truths& truths) {
  std::string out;
  RuleId last = ~RuleId{0};
  for (const Passed& passed : story.passed) {
    const Rule& rule = told.model.rules[passed.rule];
    if (passed.rule != last) out += fmt::format("  {}\n", placed(told, rule.span));
    last = passed.rule;
    if (passed.condition) {
      out += fmt::format("    {}\n", false_text(told, *passed.condition, truths, rule.span));
      continue;
    }
    const Entry& entry = rule.entries[passed.entry];
    out += fmt::format("    {}\n", outcome_text(told.model, entry.outcome));
    out += requirements_text(told, entry, passed.requirements, truths, "      ");
  }
  for (const TargetStory& faster : story.faster) {
    out += fmt::format("  {} is faster, and did not run\n{}", told.model.targets[faster.target].name,
                       uses_text(told, faster, truths));
  }
  return out;
}

}  // namespace

std::string decision_text(const Told& told, const Explanation& explanation, const Truths& truths,
                          const std::vector<FactId>& defaults) {
  std::string out;
  const Model& model = told.model;
  switch (explanation.kind) {
    case Ending::Kind::kExcluded: {
      const Assumption& assumption = model.assumptions[explanation.assumption];
      out = fmt::format("excluded: these facts cannot occur together\n  assume  {}: {}\n    {}\n",
                        place(told, assumption.span),
                        source_text(told, assumption.condition.span),
                        false_text(told, *explanation.violated, truths, assumption.span));
      break;
    }
    case Ending::Kind::kOpen:
      out = fmt::format("undecided: no rule of {} decides these facts\n",
                        model.blocks[explanation.blocks.back().block].name.empty()
                            ? "the policy"
                            : fmt::format("the decision `{}`",
                                          model.blocks[explanation.blocks.back().block].name));
      break;
    case Ending::Kind::kRefused:
    case Ending::Kind::kTarget: {
      const Row& row = model.rows[truths.row()];
      const Rule& rule = model.rules[row.rule];
      const bool refused = explanation.kind == Ending::Kind::kRefused;
      out = refused ? "refused\n" : outcome_text(model, row.outcome) + "\n";
      out += fmt::format("  rule    {}\n", placed(told, rule.span));
      if (!rule.because.empty()) out += fmt::format("  because {}\n", printable(rule.because));
      const BlockStory& last = explanation.blocks.back();
      if (!last.unable.empty()) {
        out += requirements_text(told, rule.entries[row.entry], last.unable, truths, "  ");
      }
      break;
    }
  }
  if (!defaults.empty()) {
    out += fmt::format("  default {}\n", values_text(model, defaults, truths));
  }
  return out;
}

std::string passed_text(const Told& told, const Explanation& explanation, const Truths& truths) {
  std::string out;
  for (const BlockStory& story : explanation.blocks) {
    const Block& block = told.model.blocks[story.block];
    const bool own = &block == &told.model.main();
    const std::string lines = passed_of(told, story, truths);
    if (own || &story == &explanation.blocks.back()) {
      if (lines.empty()) continue;
      out += own ? "\ntried before, in order\n"
                 : fmt::format("\ndecision {}: tried before, in order\n", block.name);
    } else {
      const Row& row = told.model.rows[story.row];
      out += fmt::format("\ndecision {}: {}, by {}\n", block.name,
                         outcome_text(told.model, row.outcome),
                         placed(told, told.model.rules[row.rule].span));
    }
    out += lines;
  }
  return out;
}

std::string story_text(const Told& told, const TargetStory& story, const Truths& truths) {
  const Target& target = told.model.targets[story.target];
  bool chosen = false;
  for (const Use& use : story.uses) chosen = chosen || use.state == Use::State::kChosen;
  std::string head = fmt::format("{} {}\n", target.name, chosen ? "is chosen" : "is not chosen");
  if (!chosen && story.decider != kUndecided) {
    const Row& row = told.model.rows[story.decider];
    head = fmt::format("{} is not chosen: {} is, by {}\n", target.name,
                       outcome_text(told.model, row.outcome),
                       placed(told, told.model.rules[row.rule].span));
  }
  return head + uses_text(told, story, truths);
}

}  // namespace switchyard
