#include <catch2/catch.hpp>

#include <cstdio>
#include <map>
#include <set>

#include "compiler/diagram/build.h"
#include "compiler/verify/diagram_judge.h"
#include "compiler/verify/solver_judge.h"
#include "compiler/witness/inputs.h"
#include "tests/region/random_model.h"

// Inputs for rows and boundaries, compared with every combination.
namespace switchyard::testing {

namespace {

using Codes = std::vector<std::int64_t>;

void check(const Model& model, const Partition& classes, const WitnessInputs& found) {
  REQUIRE(found.unsettled == 0);
  const LeafCodes leaves = leaf_codes(model);
  std::set<std::uint32_t> wanted_rows, rows;
  std::map<Codes, std::optional<OutcomeId>> world;
  for_each_combination(model, [&](Codes& codes) {
    const auto ends = decide(model, codes);
    for (const std::uint32_t leaf : ends) {
      if (leaves.is_row(leaf)) wanted_rows.insert(leaf);
    }
    Codes own(codes.begin(), codes.begin() + model.declared_facts);
    world[own] = leaves.is_row(ends.back()) ? std::optional(model.rows[ends.back()].outcome)
                                            : std::nullopt;
  });
  std::set<Codes> inputs;
  for (const WitnessInput& input : found.inputs) {
    INFO(input.shows);
    REQUIRE(!input.shows.empty());
    REQUIRE(inputs.insert(input.codes).second);  // none twice
    REQUIRE(world.count(input.codes) == 1);      // inside the domains
    Codes codes = input.codes;
    codes.resize(model.facts.size());
    for (const std::uint32_t leaf : decide(model, codes)) {
      REQUIRE_FALSE(leaves.is_excluded(leaf));
      if (leaves.is_row(leaf)) rows.insert(leaf);
    }
  }
  REQUIRE(rows == wanted_rows);
  for (FactId fact = 0; fact < model.declared_facts; ++fact) {
    const Fact& own = model.facts[fact];
    if (own.kind != FactKind::kInt && own.kind != FactKind::kVersion) continue;
    // By pair of classes side by side: does the outcome ever change across, and is that shown?
    std::map<std::pair<ClassId, ClassId>, bool> changes, shown;
    for (const auto& [codes, outcome] : world) {
      if (codes[fact] == own.high) continue;
      Codes next = codes;
      ++next[fact];
      const auto other = world.find(next);
      if (other == world.end() || !outcome || !other->second || *outcome == *other->second) continue;
      const auto pair = std::pair(classes.axes[fact].class_of(codes[fact]),
                                  classes.axes[fact].class_of(next[fact]));
      changes[pair] = true;
      if (inputs.count(codes) && inputs.count(next)) shown[pair] = true;
    }
    REQUIRE(changes == shown);
  }
}

}  // namespace

TEST_CASE("inputs reach every row, and stand on both sides of every boundary") {
  const std::uint64_t seed = random_seed();
  std::printf("witness inputs: seed %llu\n", static_cast<unsigned long long>(seed));
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  SourceMap sources;
  sources.add("random.policy", std::string(100'000, 'x'));  // spans are one byte each
  ModelShape shape;
  shape.max_combinations = 1000;
  for (std::size_t round = 0; round < std::min<std::size_t>(random_rounds(200), 1000); ++round) {
    INFO("round " << round);
    const Model model = random_model(random, shape);
    DiagnosticSink sink;
    const auto classes = partition(model, sink);
    REQUIRE(classes.has_value());
    const auto diagrams = build(model, *classes, DiagramBudget{});
    REQUIRE(diagrams.has_value());
    Formulas formulas = model.formulas;
    DiagramJudge judge(model, formulas, *classes, *diagrams, {500'000, 8'000'000, 256'000'000});
    check(model, *classes, witness_inputs(model, formulas, *classes, sources, judge, true));
    Formulas more = model.formulas;
    SolverJudge solver(model, more, *classes);
    check(model, *classes, witness_inputs(model, more, *classes, sources, solver, false));
  }
}

}  // namespace switchyard::testing
