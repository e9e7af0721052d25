#include <algorithm>

// Before judge.h, whose kUndecided an enumerator of its would shadow.
#include "compiler/sema/evaluate.h"

#include "compiler/explain/explain.h"
#include "tests/explain/resolved.h"

namespace switchyard::testing {
namespace {

bool same_as_oracle(const Model& model, const Truths& truths, const Evaluation& expected) {
  switch (expected.kind) {
    case Evaluation::Kind::kExcluded:
      return truths.violated() == static_cast<std::uint32_t>(expected.assumption);
    case Evaluation::Kind::kUndecided:
      return !truths.violated() && truths.row() == kUndecided;
    case Evaluation::Kind::kRefused:
    case Evaluation::Kind::kTarget:
      break;
  }
  if (truths.violated() || truths.row() == kUndecided) return false;
  const Row& row = model.rows[truths.row()];
  const Outcome& outcome = model.outcomes[row.outcome];
  if (row.entry != expected.entry || model.rules[row.rule].span != expected.rule->span) return false;
  if (outcome.refused) return expected.kind == Evaluation::Kind::kRefused;
  return model.targets[outcome.target].name == expected.target &&
         outcome.parameters == expected.parameters;
}

// Whether `part` is what a reader finds first: every conjunct before it holds, it does not.
bool is_first_false(const Clause& clause, const FalsePart& part, const Truths& truths) {
  if (truths(clause.formula)) return false;
  if (clause.kind != Clause::Kind::kAnd) {
    return clause.span == part.span && clause.formula == part.formula;
  }
  for (const Clause& conjunct : clause.parts) {
    if (!truths(conjunct.formula)) return is_first_false(conjunct, part, truths);
  }
  return false;
}

void check_requirements(const Entry& entry, const std::vector<FailedRequirement>& failed,
                        const Truths& truths) {
  std::size_t next = 0;
  for (std::uint32_t i = 0; i < entry.requirements.size(); ++i) {
    const Clause& condition = entry.requirements[i].condition;
    if (truths(condition.formula)) continue;
    REQUIRE(next < failed.size());
    REQUIRE(failed[next].index == i);
    REQUIRE(is_first_false(condition, failed[next].part, truths));
    ++next;
  }
  REQUIRE(next == failed.size());
}

// Every row before the deciding one is accounted for, once, in order.
void check_block(const Model& model, const Truths& truths, const BlockStory& story) {
  const Block& block = model.blocks[story.block];
  RowId row = block.first_row;
  for (const Passed& passed : story.passed) {
    const Rule& rule = model.rules[passed.rule];
    REQUIRE(model.rows[row].rule == passed.rule);
    if (passed.condition) {
      REQUIRE(passed.entry == Row::kNoEntry);
      REQUIRE(is_first_false(rule.when, *passed.condition, truths));
      while (row < model.rows.size() && model.rows[row].rule == passed.rule) ++row;
      continue;
    }
    REQUIRE(truths(rule.when.formula));
    REQUIRE(model.rows[row].entry == passed.entry);
    REQUIRE_FALSE(passed.requirements.empty());
    check_requirements(rule.entries[passed.entry], passed.requirements, truths);
    ++row;
  }
  const RowId end = block.first_row + block.row_count;
  REQUIRE(row == (story.row == kUndecided ? end : story.row));
}

void check_story(const Model& model, const Truths& truths, const TargetStory& story) {
  std::size_t entries = 0;
  for (const Rule& rule : model.rules) {
    for (const Entry& entry : rule.entries) {
      entries += model.outcomes[entry.outcome].target == story.target ? 1 : 0;
    }
  }
  REQUIRE(story.uses.size() == entries);
  for (const Use& use : story.uses) {
    const Rule& rule = model.rules[use.rule];
    const Entry& entry = rule.entries[use.entry];
    REQUIRE(model.outcomes[entry.outcome].target == story.target);
    check_requirements(entry, use.requirements, truths);
    const bool holds = truths(model.rows[entry.row].formula);
    switch (use.state) {
      case Use::State::kChosen:
        REQUIRE(truths.row(rule.block) == entry.row);
        break;
      case Use::State::kCondition:
        REQUIRE(is_first_false(rule.when, *use.condition, truths));
        break;
      case Use::State::kRequires:
        REQUIRE_FALSE(holds);
        REQUIRE(truths(rule.when.formula));
        REQUIRE_FALSE(use.requirements.empty());
        break;
      case Use::State::kTaken:
        REQUIRE(holds);
        REQUIRE(truths.row(rule.block) < entry.row);
        break;
      case Use::State::kNotAsked:
        REQUIRE(rule.block >= truths.ran());
        break;
    }
  }
}

}  // namespace

TEST_CASE("the explained decision is the oracle's, and every reason is one") {
  std::size_t passed = 0, faster = 0;
  for_random_policies(400, 256, [&](const Resolved& policy, Random& random) {
    const Model& model = policy.model;
    const Evaluator oracle(policy.policy, model);
    for (int i = 0; i < 20; ++i) {
      const std::vector<std::int64_t> codes = random_codes(model, random);
      const Truths truths(model, codes);
      const std::vector<Evaluation> expected = oracle.evaluate(codes);
      REQUIRE(same_as_oracle(model, truths, expected.back()));
      const Explanation explanation = explain(model, truths);
      if (explanation.kind == Ending::Kind::kExcluded) {
        REQUIRE(explanation.blocks.empty());
        REQUIRE(is_first_false(model.assumptions[explanation.assumption].condition,
                               *explanation.violated, truths));
      }
      REQUIRE(explanation.blocks.size() == truths.ran());
      for (const BlockStory& story : explanation.blocks) {
        check_block(model, truths, story);
        if (story.row != kUndecided && model.rows[story.row].entry != Row::kNoEntry) {
          const Row& row = model.rows[story.row];
          check_requirements(model.rules[row.rule].entries[row.entry], story.unable, truths);
        }
        passed += story.passed.size();
        faster += story.faster.size();
        for (const TargetStory& target : story.faster) check_story(model, truths, target);
      }
      for (TargetId target = 0; target < model.targets.size(); ++target) {
        check_story(model, truths, story_of(model, truths, target));
      }
    }
  });
  // Both must have been met, or the test shows nothing.
  CHECK(passed > policy_rounds(400) * 2);
  CHECK(faster > policy_rounds(400) / 10);
}

TEST_CASE("faster targets come fastest first, over several chains") {
  const Resolved policy = resolved(R"(
fact x : bool
target d  target c  target b  target a  target z
faster c over d
faster a over b over c
a when x and not x
b when x
z when x
d otherwise
)");
  const Truths truths(policy.model, {0});
  const Explanation explanation = explain(policy.model, truths);
  std::string names;
  for (const TargetStory& story : explanation.blocks[0].faster) {
    names += policy.model.targets[story.target].name;
  }
  CHECK(names == "abc");
  CHECK(explanation.blocks[0].faster[2].uses.empty());
}

}  // namespace switchyard::testing
