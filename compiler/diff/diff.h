#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "compiler/diagram/count.h"
#include "compiler/diff/align.h"
#include "compiler/region/box.h"

// What differs between two policies as functions of their facts: never text.
namespace switchyard::diff {

struct Options {
  // kAutomatic: diagrams within the budget, else the solver.
  enum class Engine : std::uint8_t { kAutomatic, kSolver } engine = Engine::kAutomatic;
  enum class Compare : std::uint8_t {
    kOutcome,    // target and parameters; a refusal equals a refusal
    kReasons,    // also the deciding rule's condition and entry and its `because`
    kAttribute,  // only the attribute of the target; refused, excluded, undecided by themselves
  } compare = Compare::kOutcome;
  std::string attribute;       // kAttribute: its name
  // Of one change, at least 1. SIZE_MAX: all, whatever their number (by the diagrams).
  std::size_t max_boxes = 32;
  DiagramBudget budget;        // of each diagram; past it the solver answers
  // The solver lists pairs of rows up to so many; beyond that only pairs of outcomes.
  std::size_t max_pairs = 20'000;
};

// What one policy does in a whole region.
struct End {
  enum class Kind : std::uint8_t { kTarget, kRefused, kExcluded, kUndecided } kind = Kind::kUndecided;
  // kTarget, kRefused: the rows of that side's model that decide there, ascending, at least one. All
  // have one outcome and one rule, except with kAttribute.
  std::vector<RowId> rows;
  // kExcluded: the assumptions violated first, ascending, one of them except with kAttribute. See
  // `Pair::old_outside` for those that stand for a domain.
  std::vector<std::uint32_t> assumptions;
  // kAttribute and kTarget: the attribute's value; none where the target lacks it.
  std::optional<std::string> value;
};

// The combinations in which the old policy does `from` and the new one `to`.
struct Change {
  End from, to;
  Count count = 0;      // combinations
  bool exact = false;   // else `count` is a lower bound
  // As few as could be found. What they contain is in the region or excluded by both policies. Each
  // is maximal: no class can be added to a side with which it would contain more of the region.
  std::vector<Box> boxes;
  bool complete = false;  // they contain the whole region
  std::vector<ClassId> witness;  // by declared fact: one combination of the region, in boxes[0]
};

// Combinations of which it is known, and nobody wants to hear, that the policies end there in these ways.
struct Exemption {
  std::vector<bool> from, to;  // by leaf (LeafCodes) of the old and of the new model, `undecided` last
  FormulaId region = kFalse;   // of the pair's formulas, over declared facts
};

struct Difference {
  bool equal = true;     // always right
  std::optional<Count> total;  // combinations that either policy admits, exact; none when not known
  Count changed = 0;     // sum of the counts
  bool exact = true;     // all counts are exact, else lower bounds
  bool complete = false;  // every change is listed, with boxes that contain its whole region
  // False when the policies are so different that rules beyond Options::max_pairs are left out; every
  // pair of outcomes that differ is listed all the same.
  bool all_rules = true;
  std::vector<Change> changes;  // biggest first, ties by old then new rule
  std::vector<bool> met;        // by exemption: some combination that differs is in it
};

// By (target and rule, target and rule), with kAttribute by (value, value). `partition` is one of
// either model of the pair, its formulas those of the exemptions included. Exempt combinations count as
// equal, but no box reaches into them.
Difference compare(const Pair& pair, const Partition& partition, const Options& options,
                   std::span<const Exemption> exempt = {});

}  // namespace switchyard::diff
