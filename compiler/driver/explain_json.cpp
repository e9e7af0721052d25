#include "compiler/driver/explain_json.h"

#include <string>

#include "compiler/diagnostic/box_json.h"
#include "compiler/region/box_values.h"
#include "compiler/sema/resolve.h"
#include "compiler/source/one_line.h"

namespace switchyard::driver {
namespace {

using Json = nlohmann::ordered_json;

Json text_json(const Told& told, Span span) { return one_line(told.sources.text(span)); }

Json value_json(const Fact& fact, std::int64_t code) {
  if (fact.kind == FactKind::kBool) return code != 0;
  if (fact.kind == FactKind::kInt) return integer_json(code);
  if (fact.kind == FactKind::kDecision && code < 0) return nullptr;
  const bool listed = static_cast<std::size_t>(code) < fact.symbols.size();
  if (fact.kind == FactKind::kEnum || fact.kind == FactKind::kName ||
      fact.kind == FactKind::kDecision) {
    return listed ? fact.symbols[static_cast<std::size_t>(code)] : "other";
  }
  return spell(fact, code);
}

Json outcome_json(const Model& model, OutcomeId id) {
  const Outcome& outcome = model.outcomes[id];
  if (outcome.refused) return {{"refused", true}};
  const Target& target = model.targets[outcome.target];
  Json parameters = Json::object();
  for (std::size_t p = 0; p < target.parameters.size(); ++p) {
    const Parameter& parameter = target.parameters[p];
    const std::int64_t value = outcome.parameters[p];
    parameters[parameter.name] = parameter.is_integer
                                     ? integer_json(value)
                                     : Json(parameter.symbols[static_cast<std::size_t>(value)]);
  }
  return {{"target", target.name}, {"parameters", std::move(parameters)}};
}

Json ending_json(const Model& model, const Ending& end) {
  switch (end.kind) {
    case Ending::Kind::kTarget: return outcome_json(model, end.outcome);
    case Ending::Kind::kRefused: return {{"refused", true}};
    case Ending::Kind::kExcluded: return {{"excluded", true}};
    case Ending::Kind::kOpen: return {{"undecided", true}};
  }
  return nullptr;
}

Json false_json(const Told& told, const FalsePart& part, const Truths& truths) {
  Json facts = Json::object();
  for (const FactId fact : part.facts) {
    facts[told.model.facts[fact].name] = value_json(told.model.facts[fact], truths.codes()[fact]);
  }
  return {{"text", text_json(told, part.span)},
          {"at", told.sources.location(part.span)},
          {"facts", std::move(facts)}};
}

Json requirements_json(const Told& told, const Entry& entry,
                       const std::vector<FailedRequirement>& failed, const Truths& truths) {
  Json all = Json::array();
  for (const FailedRequirement& one : failed) {
    const Requirement& requirement = entry.requirements[one.index];
    all.push_back({{"at", told.sources.location(requirement.span)},
                   {"false", false_json(told, one.part, truths)},
                   {"because", requirement.because}});
  }
  return all;
}

Json rule_json(const Told& told, const Rule& rule) {
  return {{"rule", told.sources.location(rule.span)}, {"text", text_json(told, rule.span)}};
}

Json rules_json(const Told& told, const std::vector<RowId>& rows) {
  Json all = Json::array();
  for (const RowId row : rows) {
    Json at = told.sources.location(told.model.rules[told.model.rows[row].rule].span);
    if (all.empty() || all.back() != at) all.push_back(std::move(at));
  }
  return all;
}

Json changes_json(const Told& told, const Partition& partition, const std::vector<Change>& changes) {
  Json all = Json::array();
  for (const Change& change : changes) {
    all.push_back({{"change", box_json(values_of(told.model, partition, change.box))},
                   {"to", ending_json(told.model, change.to)},
                   {"rules", rules_json(told, change.rows)}});
  }
  return all;
}

}  // namespace

Json decision_json(const Told& told, const Explanation& explanation, const Truths& truths) {
  const Model& model = told.model;
  switch (explanation.kind) {
    case Ending::Kind::kExcluded: {
      const Assumption& assumption = model.assumptions[explanation.assumption];
      return {{"excluded", text_json(told, assumption.condition.span)},
              {"rule", told.sources.location(assumption.span)},
              {"false", false_json(told, *explanation.violated, truths)}};
    }
    case Ending::Kind::kOpen:
      return {{"undecided", model.blocks[explanation.blocks.back().block].name}};
    case Ending::Kind::kRefused:
    case Ending::Kind::kTarget:
      break;
  }
  const Row& row = model.rows[truths.row()];
  const Rule& rule = model.rules[row.rule];
  Json decision = explanation.kind == Ending::Kind::kRefused
                      ? Json{{"refused", rule.because}}
                      : outcome_json(model, row.outcome);
  decision.update(rule_json(told, rule));
  if (explanation.kind == Ending::Kind::kTarget) {
    decision["reason"] = rule.because;
    decision["requires"] = requirements_json(told, rule.entries[row.entry],
                                             explanation.blocks.back().unable, truths);
  }
  return decision;
}

Json blocks_json(const Told& told, const Explanation& explanation, const Truths& truths) {
  Json all = Json::array();
  for (const BlockStory& story : explanation.blocks) {
    const Block& block = told.model.blocks[story.block];
    Json one;
    one["decision"] = block.name.empty() ? Json(nullptr) : Json(block.name);
    one["to"] = story.row == kUndecided
                    ? Json{{"undecided", true}}
                    : outcome_json(told.model, told.model.rows[story.row].outcome);
    one["rules"] = story.row == kUndecided ? Json::array() : rules_json(told, {story.row});
    one["tried"] = Json::array();
    for (const Passed& passed : story.passed) {
      const Rule& rule = told.model.rules[passed.rule];
      Json step = rule_json(told, rule);
      if (passed.condition) {
        step["false"] = false_json(told, *passed.condition, truths);
      } else {
        const Entry& entry = rule.entries[passed.entry];
        step.update(outcome_json(told.model, entry.outcome));
        step["requires"] = requirements_json(told, entry, passed.requirements, truths);
      }
      one["tried"].push_back(std::move(step));
    }
    one["faster"] = Json::array();
    for (const TargetStory& faster : story.faster) {
      one["faster"].push_back(story_json(told, faster, truths));
    }
    all.push_back(std::move(one));
  }
  return all;
}

Json story_json(const Told& told, const TargetStory& story, const Truths& truths) {
  static constexpr const char* kStates[] = {"chosen", "false", "cannot run", "taken", "not asked"};
  Json uses = Json::array();
  bool chosen = false;
  for (const Use& use : story.uses) {
    const Rule& rule = told.model.rules[use.rule];
    chosen = chosen || use.state == Use::State::kChosen;
    Json one = rule_json(told, rule);
    one["state"] = kStates[static_cast<int>(use.state)];
    if (use.condition) one["false"] = false_json(told, *use.condition, truths);
    one["requires"] = requirements_json(told, rule.entries[use.entry], use.requirements, truths);
    uses.push_back(std::move(one));
  }
  return {{"target", told.model.targets[story.target].name},
          {"chosen", chosen},
          {"uses", std::move(uses)}};
}

Json nearest_json(const Told& told, const Partition& partition, const Nearest& nearest) {
  return {{"one", changes_json(told, partition, nearest.one)},
          {"two", nearest.two_asked ? changes_json(told, partition, nearest.two) : Json(nullptr)},
          {"complete", nearest.pairs_left == 0}};
}

Json residual_json(const Told& told, const Residual& residual, const GivenFacts& given) {
  Json open = Json::array(), rows = Json::array();
  for (const FactId fact : given.open) open.push_back(told.model.facts[fact].name);
  for (const ResidualRow& row : residual.rows) {
    const bool decided = row.row != kUndecided;
    Json boxes = Json::array();
    for (const Box& box : row.cover.boxes) {
      boxes.push_back(box_json(values_of(residual.model, residual.partition, box)));
    }
    rows.push_back({{"to", decided ? outcome_json(told.model, told.model.rows[row.row].outcome)
                                   : Json{{"undecided", true}}},
                    {"rules", decided ? rules_json(told, {row.row}) : Json::array()},
                    {"boxes", std::move(boxes)},
                    {"combinations", count_json(row.cover.size.str())},
                    {"exact", row.cover.exact},
                    {"complete", row.cover.complete}});
  }
  return {{"open", std::move(open)},
          {"combinations",
           residual.admitted ? count_json(residual.admitted->str()) : Json(nullptr)},
          {"complete", residual.within_budget},
          {"rows", std::move(rows)}};
}

Json facts_json(const Model& model, const Known& known) {
  Json all = Json::object();
  for (FactId fact = 0; fact < known.size(); ++fact) {
    if (known[fact]) all[model.facts[fact].name] = value_json(model.facts[fact], *known[fact]);
  }
  return all;
}

}  // namespace switchyard::driver
