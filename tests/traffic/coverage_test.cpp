#include <catch2/catch.hpp>

#include <cstdio>
#include <numeric>
#include <vector>

#include "compiler/traffic/coverage.h"
#include "compiler/verify/diagram_judge.h"
#include "compiler/verify/solver_judge.h"
#include "runtime/decide/decide.h"
#include "tests/emit/random_tables.h"
#include "tests/region/random_model.h"

// Coverage by every combination once: counts are then the sizes of regions.
namespace switchyard::testing {

namespace {

void check(const Compiled& policy, const Coverage& coverage) {
  std::vector<std::uint64_t> rows(policy.model.rows.size());
  std::vector<std::uint64_t> excluded(policy.model.assumptions.size());
  std::uint64_t total = 0;
  const LeafCodes leaves = leaf_codes(policy.model);
  for_each_combination(policy.model, [&](std::vector<std::int64_t>& codes) {
    ++total;
    const std::vector<std::uint32_t> ends = decide(policy.model, codes);
    for (BlockId block = 0; block < ends.size(); ++block) {
      if (leaves.is_excluded(ends[block])) {
        ++excluded[ends[block] - leaves.rows];
        return;
      }
      if (!leaves.is_row(ends[block])) return;
      ++rows[ends[block]];
      if (policy.model.outcomes[policy.model.rows[ends[block]].outcome].refused) return;
    }
  });
  REQUIRE(coverage.total() == total);
  REQUIRE(coverage.excluded() == excluded);
  for (RowId row = 0; row < rows.size(); ++row) {
    INFO("row " << row);
    const Coverage::Row& own = coverage.rows()[row];
    REQUIRE(own.count == rows[row]);
    REQUIRE(std::accumulate(own.box_count.begin(), own.box_count.end(), own.elsewhere) == own.count);
    if (own.cover.exact) REQUIRE(own.cover.size == own.count);
    if (own.cover.complete) REQUIRE(own.elsewhere == 0);
    // Every box of a cover holds something of the region, which the first box that has it counts.
    if (!own.cover.boxes.empty()) REQUIRE(own.box_count[0] > 0);
  }
}

Coverage cover_all(const Compiled& policy, const Table& table, Judge& judge) {
  Coverage coverage(table, policy.model, policy.partition, judge);
  Struct facts(table);
  for_each_combination(policy.model, [&](std::vector<std::int64_t>& codes) {
    for (FactId f = 0; f < policy.model.declared_facts; ++f) facts.set(f, codes[f]);
    coverage.add(facts.data());
  });
  return coverage;
}

}  // namespace

TEST_CASE("coverage counts what decides, by row and by box") {
  const std::uint64_t seed = random_seed();
  std::printf("coverage: seed %llu\n", static_cast<unsigned long long>(seed));
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  for (std::size_t round = 0; round < random_rounds(200); ++round) {
    const Compiled policy = compile(random_model(random, {}));
    REQUIRE(policy.diagrams.has_value());
    const auto table = Table::from_bytes(policy.table(DeciderChoice::kAuto));
    REQUIRE(table.has_value());
    DiagramJudge diagrams(policy.model, policy.model.formulas, policy.partition, *policy.diagrams,
                          {500'000, 8'000'000, 256'000'000});
    check(policy, cover_all(policy, *table, diagrams));
    REQUIRE(diagrams.sound());
    SolverJudge solver(policy.model, policy.model.formulas, policy.partition);
    check(policy, cover_all(policy, *table, solver));
  }
}

}  // namespace switchyard::testing
