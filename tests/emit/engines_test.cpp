#include <catch2/catch.hpp>

#include <cstdio>
#include <random>

#include "runtime/decide/decide.h"
#include "tests/emit/random_tables.h"
#include "tests/region/random_model.h"
#include "tests/table/edit_table.h"

namespace switchyard::testing {
namespace {

std::vector<VectorUnit> units() {
  std::vector<VectorUnit> out = {VectorUnit::kPortable};
  if (best_vector_unit() >= VectorUnit::kAvx2) out.push_back(VectorUnit::kAvx2);
  if (best_vector_unit() >= VectorUnit::kAvx512) out.push_back(VectorUnit::kAvx512);
  return out;
}

// The leaf, or a description of what is inconsistent about the decision.
void check_decision(const Compiled& compiled, const Decision& decision, std::uint32_t leaf) {
  const LeafCodes leaves = leaf_codes(compiled.model);
  REQUIRE(decision.leaf == leaf);
  if (leaves.is_excluded(leaf)) {
    REQUIRE(decision.kind == Decision::Kind::kExcluded);
    REQUIRE(decision.index == leaf - leaves.rows);
  } else if (leaves.is_row(leaf)) {
    const Row& row = compiled.model.rows[leaf];
    const bool refused = compiled.model.outcomes[row.outcome].refused;
    REQUIRE((decision.kind == Decision::Kind::kRefused) == refused);
    REQUIRE(decision.index == row.outcome);
    REQUIRE(decision.rule == row.rule);
  } else {
    REQUIRE(decision.kind == Decision::Kind::kUndecided);
  }
}

// Every combination of the declared facts, every block, every engine and vector unit.
void check_everywhere(const Compiled& compiled, bool with_diagram) {
  for (const DeciderChoice decider : kDeciders) {
    const bool by_diagram = decider == DeciderChoice::kDense || decider == DeciderChoice::kWalk;
    if (by_diagram && !with_diagram) continue;
    const std::vector<std::byte> bytes = compiled.table(decider);
    REQUIRE(bytes == compiled.table(decider));
    const auto proof = prove(bytes, compiled.model, compiled.partition, compiled.diagrams, compiled.sources);
    if (!proof) FAIL(proof.error().message);
    const auto table = Table::from_bytes(bytes);
    if (!table) FAIL(table.error().message);
    Struct facts(*table);
    for_each_combination(compiled.model, [&](std::vector<std::int64_t>& codes) {
      const std::vector<std::uint32_t> leaves = decide(compiled.model, codes);
      for (FactId f = 0; f < compiled.model.declared_facts; ++f) facts.set(f, codes[f]);
      for (BlockId b = 0; b < compiled.model.blocks.size(); ++b) {
        check_decision(compiled, decide_block(*table, b, facts.data()), leaves[b]);
      }
      const Decision decision = switchyard::decide(*table, facts.data());
      REQUIRE(decision.leaf == leaves.back());
      for (const VectorUnit unit : units()) {
        REQUIRE(decide_general(*table, facts.data(), unit) == decision);
      }
    });
  }
}

}  // namespace

TEST_CASE("every engine decides random policies as the oracle does") {
  const std::uint64_t seed = random_seed();
  INFO("SWITCHYARD_SEED=" << seed);
  std::printf("tests/emit: SWITCHYARD_SEED=%llu\n", static_cast<unsigned long long>(seed));
  std::mt19937_64 random(seed);
  const std::size_t rounds = random_rounds(2'000);
  for (std::size_t i = 0; i < rounds; ++i) {
    ModelShape shape;
    shape.facts = 1 + i % 5;
    shape.rows = 1 + i % 13;
    shape.decisions = i % 4;
    shape.assumptions = i % 3;
    shape.max_combinations = 120;
    CAPTURE(i);
    Compiled compiled = compile(random_model(random, shape));
    REQUIRE(compiled.diagrams.has_value());
    check_everywhere(compiled, true);
    // Beyond the diagrams' budget blocks read each other's choices.
    if (i % 4 != 0) continue;
    compiled.diagrams.reset();
    check_everywhere(compiled, false);
  }
}

TEST_CASE("larger policies, where rows pass a vector and facts an array") {
  std::mt19937_64 random(20261123);
  for (std::size_t i = 0; i < 12; ++i) {
    ModelShape shape;
    shape.facts = 6;
    shape.rows = 900;
    shape.decisions = 1;
    shape.max_combinations = 3'000;
    CAPTURE(i);
    Compiled compiled = compile(random_model(random, shape));
    check_everywhere(compiled, true);
  }
}

TEST_CASE("a changed byte of what decides does not pass the proof") {
  std::mt19937_64 random(7);
  std::size_t changed = 0;
  for (std::size_t i = 0; i < 60; ++i) {
    ModelShape shape;
    shape.facts = 3;
    const Compiled compiled = compile(random_model(random, shape));
    for (const DeciderChoice decider : kDeciders) {
      std::vector<std::byte> bytes = compiled.table(decider);
      for (const format::SectionEntry& section : sections_of(bytes)) {
        if (section.kind < static_cast<std::uint32_t>(format::SectionKind::kCells)) continue;
        for (int k = 0; k < 4 && section.size > 0; ++k) {
          std::vector<std::byte> other = bytes;
          other[section.offset + random() % section.size] ^= std::byte{1} << (random() % 8);
          hash_again(other);
          const auto proof =
              prove(other, compiled.model, compiled.partition, compiled.diagrams, compiled.sources);
          REQUIRE_FALSE(proof.has_value());
          ++changed;
        }
      }
    }
  }
  CHECK(changed > 500);
}

}  // namespace switchyard::testing
