#include <catch2/catch.hpp>

#include <cstdio>
#include <optional>

#include "compiler/parse/parse.h"
#include "compiler/sema/resolve.h"
#include "compiler/verify/diagram_judge.h"
#include "compiler/verify/solver_judge.h"
#include "tests/random/random_policy.h"
#include "tests/region/random_model.h"
#include "tests/z3/z3_policy.h"

// Reachability and gaps of policies too large for brute force, as Z3 sees them.
namespace switchyard::testing {

namespace {

bool possible(z3::solver& solver, const z3::expr& claim) {
  z3::expr_vector assumed(solver.ctx());
  assumed.push_back(claim);
  const z3::check_result result = solver.check(assumed);
  REQUIRE(result != z3::unknown);
  return result == z3::sat;
}

void compare(const Model& model, Judge& judge) {
  z3::context context;
  const Z3Facts facts(context, model);
  Z3Policy policy(context, facts, model, "row");
  z3::solver solver(context);
  solver.add(facts.in_range() && policy.definitions() && policy.admitted());
  for (RowId row = 0; row < model.rows.size(); ++row) {
    INFO("row " << row);
    REQUIRE(judge.reached(row) == possible(solver, policy.decides(row)));
  }
  for (BlockId block = 0; block < model.blocks.size(); ++block) {
    INFO("block " << block);
    REQUIRE(judge.meets({block, {{kUndecided}}}) == possible(solver, policy.undecided(block)));
  }
  for (const Promise& promise : model.promises) {
    Region broken{promise.block, {}};
    z3::expr wrong = context.bool_val(false);
    for (RowId row = 0; row < model.rows.size(); ++row) {
      const BlockId block = model.rules[model.rows[row].rule].block;
      const OutcomeId outcome = model.rows[row].outcome;
      if (block > promise.block) continue;
      if (block != promise.block && !model.outcomes[outcome].refused) continue;
      broken.parts.push_back({row, promise.condition});
      wrong = wrong || (policy.decides(row) && policy.formula(promise.condition));
    }
    REQUIRE(judge.meets(broken) == possible(solver, wrong));
  }
}

void compare_engines(const Model& model, int& by_diagrams) {
  DiagnosticSink sink;
  const auto classes = partition(model, sink);
  REQUIRE(classes.has_value());
  SolverJudge solver(model, model.formulas, *classes);
  compare(model, solver);
  const auto diagrams = build(model, *classes, DiagramBudget{});
  if (!diagrams) return;
  DiagramJudge judge(model, model.formulas, *classes, *diagrams, {500'000, 8'000'000, 256'000'000});
  if (!judge.sound()) return;
  compare(model, judge);
  ++by_diagrams;
}

}  // namespace

TEST_CASE("Z3 agrees on reachability and gaps of wide random models") {
  const std::uint64_t seed = random_seed();
  std::printf("z3 models: seed %llu\n", static_cast<unsigned long long>(seed));
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  ModelShape shape;
  shape.facts = 8;
  shape.rows = 12;
  shape.wide = true;
  shape.promises = true;
  int by_diagrams = 0;
  for (std::size_t round = 0; round < std::min<std::size_t>(random_rounds(40), 300); ++round) {
    INFO("round " << round);
    compare_engines(random_model(random, shape), by_diagrams);
  }
  CHECK(by_diagrams > 0);
}

TEST_CASE("Z3 agrees on reachability and gaps of large policies as text") {
  const std::uint64_t seed = policy_seed();
  std::printf("z3 policies: seed %llu\n", static_cast<unsigned long long>(seed));
  INFO("seed " << seed);
  Random random(seed);
  int by_diagrams = 0;
  for (std::size_t round = 0; round < std::min<std::size_t>(policy_rounds(15), 150); ++round) {
    INFO("round " << round);
    const std::string text = random_policy(random, large_shape());
    SourceMap sources;
    DiagnosticSink sink;
    const ast::Policy policy = parse_policy(sources, sources.add("random.policy", text), sink);
    const auto model = resolve(policy, sources, sink);
    REQUIRE(model.has_value());
    INFO(text);
    compare_engines(*model, by_diagrams);
  }
}

}  // namespace switchyard::testing
