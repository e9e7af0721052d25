#include <catch2/catch.hpp>
#include <cstdio>
#include <random>
#include <set>
#include <string>

#include "runtime/decide/decide.h"
#include "runtime/decide/faster_targets.h"
#include "tests/emit/random_tables.h"
#include "tests/region/random_model.h"

// Faster targets that could run, of random policies on every combination, against the meaning: a
// rule of the block uses such a target, all that this use requires holds, and no `allow slower`.
namespace switchyard::testing {
namespace {

std::set<TargetId> faster_by_hand(const Model& model, TargetId target) {
  std::set<TargetId> out;
  for (bool grown = true; grown;) {
    grown = false;
    for (const std::vector<TargetId>& chain : model.faster) {
      for (std::size_t i = 1; i < chain.size(); ++i) {
        if (chain[i] != target && out.count(chain[i]) == 0) continue;
        grown = (chain[i - 1] != target && out.insert(chain[i - 1]).second) || grown;
      }
    }
  }
  return out;
}

std::set<std::string> expected(const Model& model, const std::vector<std::int64_t>& codes,
                               TargetId decided) {
  const auto block = static_cast<BlockId>(model.blocks.size() - 1);
  std::set<std::string> out;
  for (const Allowance& allowance : model.allowances) {
    if (allowance.slower && holds(model, allowance.when, codes)) return out;
  }
  for (const TargetId faster : faster_by_hand(model, decided)) {
    for (const Rule& rule : model.rules) {
      if (rule.block != block) continue;
      for (const Entry& entry : rule.entries) {
        const Outcome& outcome = model.outcomes[entry.outcome];
        if (!outcome.refused && outcome.target == faster && holds(model, entry.able, codes)) {
          out.insert(model.targets[faster].name);
        }
      }
    }
  }
  return out;
}

}  // namespace

TEST_CASE("random policies: the faster targets that could run are those of the meaning") {
  const std::uint64_t seed = random_seed();
  std::printf("slow paths: seed %llu\n", static_cast<unsigned long long>(seed));
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  ModelShape shape;
  shape.promises = true;
  std::size_t slow = 0;
  for (std::size_t round = 0; round < random_rounds(60); ++round) {
    const Compiled policy = compile(random_model(random, shape));
    const auto table = Table::from_bytes(policy.table(DeciderChoice::kAuto));
    REQUIRE(table.has_value());
    const auto faster = faster_than(*table);
    Struct facts(*table);
    for_each_combination(policy.model, [&](std::vector<std::int64_t>& codes) {
      for (FactId f = 0; f < policy.model.declared_facts; ++f) facts.set(f, codes[f]);
      const Decision decision = switchyard::decide(*table, facts.data());
      std::set<std::string> found;
      for (const auto& one : faster_that_could_run(*table, faster, facts.data(), decision)) {
        found.insert(one.name);
        REQUIRE_FALSE(one.passed.empty());
      }
      std::set<std::string> wanted;
      if (decision.kind == Decision::Kind::kTarget) {
        decide(policy.model, codes);  // the codes of its decisions
        wanted = expected(policy.model, codes, table->outcomes()[decision.index].target);
      }
      REQUIRE(found == wanted);
      slow += found.empty() ? 0 : 1;
    });
  }
  CHECK(slow > 0);
}

}  // namespace switchyard::testing
