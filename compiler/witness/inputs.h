#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "compiler/region/partition.h"
#include "compiler/sema/model.h"
#include "compiler/verify/judge.h"

// Inputs that show what a policy does: one for each part of it.
namespace switchyard {

struct WitnessInput {
  std::vector<std::int64_t> codes;  // of the declared facts; admitted by the assumptions
  std::string shows;                // "rule moe.policy:31", "tokens 16 | 17", for people
};

struct WitnessInputs {
  std::vector<WitnessInput> inputs;  // in source order of what they show; none twice
  // Boundaries that may change the outcome and for which no input was looked for, since the policy
  // is beyond the diagrams' budget and the limit below was reached.
  std::size_t unsettled = 0;
};

// Past the diagrams' budget, so many boundaries are asked of the solver, a policy in it for each.
inline constexpr std::size_t kMaxSolvedBoundaries = 200;

// - An input for every rule, and for every entry of a rule of several, that some combination reaches.
// - Two for every boundary: where an int's or a version's value x and the next one are told apart by
//   some condition and the outcome differs for some values of the other facts: one with each.
// `judge` answers for the model; `formulas` are the model's, to which some are added; `exact`: the
// judge works on diagrams, where every boundary can be asked.
WitnessInputs witness_inputs(const Model& model, Formulas& formulas, const Partition& partition,
                             const SourceMap& sources, Judge& judge, bool exact);

// One code of each fact's class.
std::vector<std::int64_t> codes_of(const Model& model, const Partition& partition,
                                   const Point& point);

}  // namespace switchyard
