#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "compiler/explain/ending.h"
#include "compiler/explain/truths.h"
#include "compiler/sema/model.h"

// Why one combination of facts is decided as it is. Pure: model and facts in, structures out.
namespace switchyard {

// The first part, in reading order, that made a condition false: of a conjunction its first part that
// is false, and so on down; anything else as a whole.
struct FalsePart {
  Span span;
  FormulaId formula = kFalse;
  std::vector<FactId> facts;  // that it reads, ascending; decisions included
};

// A line of `requires` that does not hold.
struct FailedRequirement {
  std::uint32_t index = 0;  // into Entry::requirements
  FalsePart part;
};

// A rule, or an entry of a `first of` or `only` whose condition holds, that was tried and passed over.
struct Passed {
  RuleId rule = 0;
  std::uint32_t entry = Row::kNoEntry;          // kNoEntry: the rule's condition is false
  std::optional<FalsePart> condition;           // then: what is false in it
  std::vector<FailedRequirement> requirements;  // else, not empty: why the entry's target cannot run
};

// What could have chosen a target, and why it did not.
struct Use {
  RuleId rule = 0;
  std::uint32_t entry = 0;
  enum class State : std::uint8_t {
    kChosen,     // it did
    kCondition,  // the rule's condition is false
    kRequires,   // the target cannot run there, which this rule asks for
    kTaken,      // it would have, but an earlier row decides
    kNotAsked,   // an earlier block ended the policy
  } state = State::kCondition;
  std::optional<FalsePart> condition;           // kCondition
  std::vector<FailedRequirement> requirements;  // whatever the state; may be empty
};

struct TargetStory {
  TargetId target = 0;
  std::vector<Use> uses;    // in priority order; empty when no rule names the target
  RowId decider = kUndecided;  // who decided its block; kUndecided too when that did not run
};

struct BlockStory {
  BlockId block = 0;
  std::vector<Passed> passed;        // in the order tried
  RowId row = kUndecided;            // who decided
  std::vector<FailedRequirement> unable;  // what the chosen target lacks: a rule that is no `first
                                          // of` chooses it all the same
  std::vector<TargetStory> faster;   // targets that `faster` puts before the chosen one, fastest first
};

struct Explanation {
  Ending::Kind kind = Ending::Kind::kTarget;
  std::uint32_t assumption = 0;       // kExcluded: the first that is violated
  std::optional<FalsePart> violated;  // kExcluded: what is false in it
  std::vector<BlockStory> blocks;     // those that ran; the last one is the decision
};

Explanation explain(const Model& model, const Truths& truths);

// Why `target` is not chosen, or where it is.
TargetStory story_of(const Model& model, const Truths& truths, TargetId target);

}  // namespace switchyard
