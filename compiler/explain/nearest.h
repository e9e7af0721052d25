#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "compiler/diagram/build.h"
#include "compiler/explain/ending.h"
#include "compiler/region/box.h"
#include "compiler/verify/judge.h"

// The smallest changes of a combination of facts that change what is decided.
namespace switchyard {

// Any values of the box, for its facts, instead of those of the combination.
struct Change {
  Box box;                  // of the facts that change; never their present classes
  Ending to;
  std::vector<RowId> rows;  // who decides there, ascending; empty when undecided
};

struct NearestOptions {
  // Only changes after which `target` is chosen (in its own block).
  std::optional<TargetId> target;
  enum class Pairs : std::uint8_t { kNever, kWithoutSingle, kAlways } pairs = Pairs::kWithoutSingle;
  // Conditions looked at for pairs of facts (Line::work): about a second.
  std::size_t pair_work = 100'000'000;
};

struct Nearest {
  // Every admitted combination that differs in one fact and comes to another end: by fact in
  // declaration order, then by end. Exact and complete.
  std::vector<Change> one;
  // Likewise two facts, where neither of the two changes alone has the same end.
  std::vector<Change> two;
  bool two_asked = false;
  std::size_t pairs_left = 0;  // pairs of facts not looked at, since the work was used up
};

Nearest nearest(const Model& model, const Partition& partition, const Point& point,
                const NearestOptions& options);

// The fewest of the known facts that must change so that `target` is chosen in its block, with facts
// that are not known (no class) at will: the changed facts with a class each, ascending by fact; the
// first by declaration order of the diagram's facts. None when nothing leads to it.
std::optional<std::vector<std::pair<FactId, ClassId>>> fewest_changes(
    const Model& model, const PolicyDiagram& diagrams,
    const std::vector<std::optional<ClassId>>& known, TargetId target);

}  // namespace switchyard
