#include "compiler/explain/explain.h"

#include <algorithm>

#include "runtime/base/check.h"

namespace switchyard {

namespace {

// The facts that a formula reads, ascending.
std::vector<FactId> facts_of(const Formulas& formulas, FormulaId root) {
  std::vector<FormulaId> seen = {root};
  std::vector<FactId> facts;
  // Operands have smaller ids than their user, so each is met once in descending order.
  while (!seen.empty()) {
    std::pop_heap(seen.begin(), seen.end());
    const FormulaId id = seen.back();
    seen.pop_back();
    switch (formulas.kind(id)) {
      case Formulas::Kind::kBottom:
      case Formulas::Kind::kTop:
        break;
      case Formulas::Kind::kAtom:
        facts.push_back(formulas.atom(formulas.atom_of(id)).fact);
        break;
      case Formulas::Kind::kNot:
      case Formulas::Kind::kAnd:
      case Formulas::Kind::kOr:
        for (const FormulaId operand : formulas.operands(id)) {
          seen.push_back(operand);
          std::push_heap(seen.begin(), seen.end());
        }
    }
    while (!seen.empty() && seen.front() == id) {
      std::pop_heap(seen.begin(), seen.end());
      seen.pop_back();
    }
  }
  std::sort(facts.begin(), facts.end());
  facts.erase(std::unique(facts.begin(), facts.end()), facts.end());
  return facts;
}

// `clause` must be false.
FalsePart first_false(const Model& model, const Truths& truths, const Clause& clause) {
  const Clause* at = &clause;
  while (at->kind == Clause::Kind::kAnd) {
    const auto part = std::find_if(at->parts.begin(), at->parts.end(),
                                   [&](const Clause& one) { return !truths(one.formula); });
    SWITCHYARD_CHECK(part != at->parts.end());
    at = &*part;
  }
  return {at->span, at->formula, facts_of(model.formulas, at->formula)};
}

std::vector<FailedRequirement> failed_requirements(const Model& model, const Truths& truths,
                                                   const Entry& entry) {
  std::vector<FailedRequirement> failed;
  for (std::uint32_t i = 0; i < entry.requirements.size(); ++i) {
    const Clause& condition = entry.requirements[i].condition;
    if (!truths(condition.formula)) failed.push_back({i, first_false(model, truths, condition)});
  }
  return failed;
}

// The targets that the chains put before `target`, directly or not; the fastest first, else by
// declaration.
std::vector<TargetId> faster_than(const Model& model, TargetId target) {
  std::vector<bool> before(model.targets.size());
  std::vector<TargetId> open = {target};
  while (!open.empty()) {
    const TargetId slower = open.back();
    open.pop_back();
    for (const auto& chain : model.faster) {
      const auto at = std::find(chain.begin(), chain.end(), slower);
      if (at == chain.begin() || at == chain.end() || before[*std::prev(at)]) continue;
      before[*std::prev(at)] = true;
      open.push_back(*std::prev(at));
    }
  }
  // Whatever has nothing faster left goes next.
  std::vector<TargetId> ordered;
  for (bool found = true; found;) {
    found = false;
    for (TargetId next = 0; next < before.size() && !found; ++next) {
      if (!before[next]) continue;
      found = std::none_of(model.faster.begin(), model.faster.end(), [&](const auto& chain) {
        const auto at = std::find(chain.begin(), chain.end(), next);
        return at != chain.end() && at != chain.begin() && before[*std::prev(at)];
      });
      if (found) {
        ordered.push_back(next);
        before[next] = false;
      }
    }
  }
  return ordered;
}

BlockStory story_of_block(const Model& model, const Truths& truths, BlockId id) {
  BlockStory story;
  story.block = id;
  story.row = truths.row(id);
  const Block& block = model.blocks[id];
  const RowId end = story.row == kUndecided ? block.first_row + block.row_count : story.row;
  for (RowId row = block.first_row; row < end; ++row) {
    const Row& own = model.rows[row];
    const Rule& rule = model.rules[own.rule];
    if (!truths(rule.when.formula)) {
      // All rows of the rule fail for the one reason.
      if (story.passed.empty() || story.passed.back().rule != own.rule) {
        story.passed.push_back({own.rule, Row::kNoEntry, first_false(model, truths, rule.when), {}});
      }
      continue;
    }
    // It holds and still the row does not: one of several entries, which cannot run.
    SWITCHYARD_CHECK(own.entry != Row::kNoEntry);
    story.passed.push_back({own.rule, own.entry, std::nullopt,
                            failed_requirements(model, truths, rule.entries[own.entry])});
  }
  if (story.row == kUndecided) return story;
  const Outcome& outcome = model.outcomes[model.rows[story.row].outcome];
  if (outcome.refused) return story;
  const Row& own = model.rows[story.row];
  story.unable = failed_requirements(model, truths, model.rules[own.rule].entries[own.entry]);
  for (const TargetId faster : faster_than(model, outcome.target)) {
    story.faster.push_back(story_of(model, truths, faster));
  }
  return story;
}

}  // namespace

TargetStory story_of(const Model& model, const Truths& truths, TargetId target) {
  TargetStory story;
  story.target = target;
  const BlockId block = model.targets[target].block;
  const bool ran = block < truths.ran();
  if (ran) story.decider = truths.row(block);
  for (RuleId id = 0; id < model.rules.size(); ++id) {
    const Rule& rule = model.rules[id];
    if (rule.block != block) continue;
    for (std::uint32_t e = 0; e < rule.entries.size(); ++e) {
      const Entry& entry = rule.entries[e];
      if (model.outcomes[entry.outcome].target != target) continue;
      Use use;
      use.rule = id;
      use.entry = e;
      use.requirements = failed_requirements(model, truths, entry);
      if (!ran) {
        use.state = Use::State::kNotAsked;
      } else if (entry.row == story.decider) {
        use.state = Use::State::kChosen;
      } else if (!truths(rule.when.formula)) {
        use.state = Use::State::kCondition;
        use.condition = first_false(model, truths, rule.when);
      } else if (!truths(model.rows[entry.row].formula)) {
        use.state = Use::State::kRequires;
      } else {
        use.state = Use::State::kTaken;
      }
      story.uses.push_back(std::move(use));
    }
  }
  return story;
}

Explanation explain(const Model& model, const Truths& truths) {
  Explanation result;
  if (truths.violated()) {
    result.kind = Ending::Kind::kExcluded;
    result.assumption = *truths.violated();
    result.violated =
        first_false(model, truths, model.assumptions[result.assumption].condition);
    return result;
  }
  for (BlockId id = 0; id < truths.ran(); ++id) {
    result.blocks.push_back(story_of_block(model, truths, id));
  }
  const RowId row = truths.row();
  result.kind = row == kUndecided ? Ending::Kind::kOpen
                : model.outcomes[model.rows[row].outcome].refused ? Ending::Kind::kRefused
                                                                  : Ending::Kind::kTarget;
  return result;
}

}  // namespace switchyard
