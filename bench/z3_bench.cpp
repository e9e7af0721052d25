#include <cstdio>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "bench/median.h"
#include "bench/random_rules.h"
#include "compiler/diff/diff.h"
#include "compiler/parse/parse.h"
#include "compiler/sema/resolve.h"
#include "compiler/verify/solver_judge.h"
#include "runtime/base/check.h"
#include "tests/z3/z3_policy.h"

// Beside Z3, in one run and on one model: which of 1,000 random rules nothing reaches, and whether two
// such policies are equal. Neither side's time contains parsing, resolving and aligning.
namespace switchyard::bench {
namespace {

using testing::Z3Facts;
using testing::Z3Policy;

constexpr int kRuns = 5, kZ3Runs = 3;

Model model_of(const std::string& text) {
  SourceMap sources;
  DiagnosticSink sink;
  const ast::Policy policy = parse_policy(sources, sources.add("bench.policy", text), sink);
  std::optional<Model> model = resolve(policy, sources, sink);
  SWITCHYARD_CHECK(model);
  return std::move(*model);
}

Partition partition_of(const Model& model) {
  DiagnosticSink sink;
  auto classes = partition(model, sink);
  SWITCHYARD_CHECK(classes);
  return std::move(*classes);
}

std::vector<RowId> dead_rows(const Model& model) {
  const Partition classes = partition_of(model);
  SolverJudge judge(model, model.formulas, classes);
  std::vector<RowId> dead;
  for (RowId row = 0; row < model.rows.size(); ++row) {
    if (!judge.reached(row)) dead.push_back(row);
  }
  return dead;
}

bool possible(z3::solver& solver, const z3::expr& claim) {
  z3::expr_vector assumed(solver.ctx());
  assumed.push_back(claim);
  const z3::check_result result = solver.check(assumed);
  SWITCHYARD_CHECK(result != z3::unknown);
  return result == z3::sat;
}

// Incrementally: one solver, row by row, each row's negation added behind it.
std::vector<RowId> dead_rows_by_z3(const Model& model) {
  z3::context context;
  const Z3Facts facts(context, model);
  Z3Policy policy(context, facts, model, "row");
  z3::solver solver(context);
  solver.add(facts.in_range() && policy.admitted());
  std::vector<RowId> dead;
  for (RowId row = 0; row < model.rows.size(); ++row) {
    const z3::expr holds = policy.formula(model.rows[row].formula);
    if (!possible(solver, holds)) dead.push_back(row);
    solver.add(!holds);
  }
  return dead;
}

// One query: do they ever choose different targets?
bool equal_by_z3(const diff::Pair& pair) {
  z3::context context;
  const Z3Facts facts(context, pair.old_model);
  Z3Policy before(context, facts, pair.old_model, "old"), after(context, facts, pair.new_model, "new");
  z3::solver solver(context);
  // First match wins, as nested choices over the number of the target.
  const auto chosen = [&](Z3Policy& policy, const Model& model) {
    z3::expr result = context.int_val(-1);
    for (RowId row = static_cast<RowId>(model.rows.size()); row-- > 0;) {
      const TargetId target = model.outcomes[model.rows[row].outcome].target;
      result = z3::ite(policy.formula(model.rows[row].formula), context.int_val(target), result);
    }
    return result;
  };
  solver.add(facts.in_range() && before.admitted() && after.admitted() &&
             chosen(before, pair.old_model) != chosen(after, pair.new_model));
  const z3::check_result result = solver.check();
  SWITCHYARD_CHECK(result != z3::unknown);
  return result == z3::unsat;
}

void show(const char* what, const Median& ours, const Median& z3) {
  std::printf("%-38s ours %6.3f s user, %6.3f s wall; Z3 %6.3f s user, %6.3f s wall\n", what,
              ours.user, ours.wall, z3.user, z3.wall);
  std::fflush(stdout);
}

void reachability(std::uint64_t seed) {
  const Model model = model_of(policy_text(random_rules(kRandomRules, seed)));
  std::vector<RowId> ours, theirs;
  const Median our_time = median([&] { ours = dead_rows(model); }, kRuns);
  const Median z3_time = median([&] { theirs = dead_rows_by_z3(model); }, kZ3Runs);
  SWITCHYARD_CHECK(ours == theirs);
  show(fmt::format("dead rules, seed {}: {}", seed, ours.size()).c_str(), our_time, z3_time);
}

void equality(const char* what, const std::vector<RandomRule>& before,
              const std::vector<RandomRule>& after, bool expected) {
  const Model old_model = model_of(policy_text(before)), new_model = model_of(policy_text(after));
  const auto pair = diff::align(old_model, new_model);
  SWITCHYARD_CHECK(pair);
  const Median ours = median([&] {
    diff::Options options;
    options.engine = diff::Options::Engine::kSolver;
    SWITCHYARD_CHECK(diff::compare(*pair, partition_of(pair->new_model), options).equal == expected);
  }, kRuns);
  const Median z3 = median([&] { SWITCHYARD_CHECK(equal_by_z3(*pair) == expected); }, kZ3Runs);
  show(what, ours, z3);
}

}  // namespace
}  // namespace switchyard::bench

int main() {
  using namespace switchyard::bench;
  for (const std::uint64_t seed : {kRandomSeed, kRandomSeed + 1}) reachability(seed);
  const auto rules = random_rules(kRandomRules, kRandomSeed);
  equality("equal: the same text", rules, rules, true);
  auto doubled = rules;  // every tenth rule stands twice
  for (std::size_t i = doubled.size(); i-- > 0;) {
    if (i % 10 == 0) doubled.insert(doubled.begin() + static_cast<long>(i), rules[i]);
  }
  equality("equal: every tenth rule twice", rules, doubled, true);
  return 0;
}
