#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "compiler/explain/explain.h"
#include "compiler/explain/nearest.h"
#include "compiler/explain/residual.h"
#include "compiler/source/source_file.h"

// Explanations as text for people. Whatever comes from a policy or a table is made printable; long
// rules are cut. Each function returns whole lines.
namespace switchyard {

// What the texts are about.
struct Told {
  const Model& model;
  const SourceMap& sources;
};

// "packed(block_m = 16)", "emulated", "refuse".
std::string outcome_text(const Model& model, OutcomeId outcome);
// The same of an end; "undecided", "excluded".
std::string ending_text(const Model& model, const Ending& ending);

// The decision with its rule and reason; `defaults`: facts that nobody gave, shown with their values.
std::string decision_text(const Told& told, const Explanation& explanation, const Truths& truths,
                          const std::vector<FactId>& defaults);
// What was tried before, block by block, and the faster targets that did not run.
std::string passed_text(const Told& told, const Explanation& explanation, const Truths& truths);
// Everything that could have chosen one target.
std::string story_text(const Told& told, const TargetStory& story, const Truths& truths);

// At most `limit` lines for one and for two facts each; says what is left out. `towards`: the target
// that the changes lead to, if they were asked for one.
std::string nearest_text(const Told& told, const Partition& partition, const Nearest& nearest,
                         std::size_t limit, std::optional<TargetId> towards);

// The rows as a small table of at most `limit` lines a row. Names are those of `told`; the boxes those
// of the residual itself. `known`: facts with a value.
std::string residual_text(const Told& told, const Residual& residual, const Known& known,
                          std::size_t limit, std::optional<TargetId> towards);

}  // namespace switchyard
