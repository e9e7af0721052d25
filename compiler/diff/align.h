#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "compiler/sema/model.h"

// Two policies brought onto common ground, so that every later stage works on either side unchanged
// and a combination, a class or a box means the same in both.
namespace switchyard::diff {

// How the declarations of one fact differ. A fact may have several of these.
struct FactChange {
  enum class Kind : std::uint8_t {
    kRemoved,  // only the old policy has it: it is irrelevant to the new one
    kAdded,    // only the new policy has it
    kType,     // an enum became a name or a name an enum
    kDomain,   // values added or removed
    kDefault,  // the value that a missing fact gets; the function of the facts is not touched by it
  };
  Kind kind = Kind::kAdded;
  FactId fact = 0;                    // index into the pair's facts
  std::optional<Fact> before, after;  // the declarations as they were
  // kDomain: codes of the pair's fact that one declaration alone lists. A name that one policy does
  // not list is `other` to it; any other value that it does not list is excluded there.
  std::vector<Interval> only_old, only_new;
};

// Both models have the same declared facts (the old ones in their order, then those only new) with
// the union of their domains, the same decision facts behind them and the same formulas: a partition
// of either is one of both, and equal FormulaIds are equal conditions. The rest of each model (rows,
// rules, lets, targets, outcomes, blocks, promises) is as it was, by the same ids, except:
// - each begins with the assumptions that its facts have values of its own domain;
// - decision facts: one that both policies have with the same targets is shared (`block` of each
//   model's fact is its own); the others stand there for one side alone.
struct Pair {
  Model old_model, new_model;
  // By assumption: the first so many of each model say that this fact has a value of its own domain.
  std::vector<FactId> old_outside, new_outside;
  std::vector<FactChange> changes;  // ascending by fact
};

// Two declarations of one name that cannot be united: other kinds (except enum and name), or flags
// with more symbols together than a fact may have. `message` says so in a sentence that names both;
// where they stand is in the facts.
struct Conflict {
  FactId old_fact, new_fact;  // indices into the models given
  std::string message;
};

// Spans and doc texts are kept, so both models should speak of one SourceMap when they are shown.
tl::expected<Pair, std::vector<Conflict>> align(const Model& old_model, const Model& new_model);

}  // namespace switchyard::diff
