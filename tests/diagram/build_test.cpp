#include "compiler/diagram/build.h"

#include <algorithm>

#include <catch2/catch.hpp>

#include "compiler/diagram/count.h"
#include "tests/region/random_model.h"

namespace switchyard {
namespace {

std::uint32_t walk(const PolicyDiagram& diagram, const Partition& partition, DiagramRef ref,
                   const std::vector<std::int64_t>& codes) {
  while (!is_leaf(ref)) {
    const FactId fact = diagram.manager.fact(ref);
    ref = diagram.manager.children(ref)[partition.axes[fact].class_of(codes[fact])];
  }
  return leaf_value(ref);
}

TEST_CASE("diagrams of random policies decide as the rules read, in every block") {
  const std::uint64_t seed = testing::random_seed();
  INFO("SWITCHYARD_SEED=" << seed);
  std::mt19937_64 random(seed);
  testing::ModelShape shape;
  shape.decisions = 3;
  shape.max_combinations = 2000;
  for (std::size_t round = 0; round < testing::random_rounds(1000); ++round) {
    const Model model = testing::random_model(random, shape);
    DiagnosticSink sink;
    const Partition p = *partition(model, sink);
    const auto diagram = build(model, p, {});
    REQUIRE(diagram);
    std::vector<std::vector<std::uint64_t>> reached(
        model.blocks.size(), std::vector<std::uint64_t>(diagram->leaves.undecided() + 1));
    testing::for_each_combination(model, [&](std::vector<std::int64_t>& codes) {
      const std::vector<std::uint32_t> expected = testing::decide(model, codes);
      for (BlockId b = 0; b < model.blocks.size(); ++b) {
        const std::uint32_t leaf = walk(*diagram, p, diagram->roots[b], codes);
        if (leaf != expected[b]) FAIL("round " << round << " block " << b);
        ++reached[b][leaf];
      }
    });
    for (BlockId b = 0; b < model.blocks.size(); ++b) {
      for (std::uint32_t leaf = 0; leaf < reached[b].size(); ++leaf) {
        REQUIRE(count(diagram->manager, p, diagram->roots[b], make_leaf(leaf)) == reached[b][leaf]);
      }
    }
  }
}

TEST_CASE("a policy past the budget has no diagram") {
  const Model model = testing::large_random_model(1000);
  DiagnosticSink sink;
  const Partition p = *partition(model, sink);
  CHECK_FALSE(build(model, p, {}));
}

TEST_CASE("counts of 2^64 and more are exact") {
  Model model;
  for (int f = 0; f < 3; ++f) {
    Fact fact;
    fact.name = "f" + std::to_string(f);
    fact.kind = FactKind::kInt;
    fact.low = std::numeric_limits<std::int64_t>::min();
    fact.high = std::numeric_limits<std::int64_t>::max();
    model.facts.push_back(fact);
  }
  model.declared_facts = 3;
  const FormulaId five =
      model.formulas.atom({Atom::Kind::kIn, 1, 0, {{5, 5}}}, model.facts[1].low, model.facts[1].high);
  model.outcomes.push_back({true, 0, {}});
  model.rows.push_back({five, 0, 0, Row::kNoEntry});
  model.rules.emplace_back();
  Block block;
  block.row_count = 1;
  model.blocks.push_back(block);
  DiagnosticSink sink;
  const Partition p = *partition(model, sink);
  const auto diagram = build(model, p, {});
  REQUIRE(diagram);
  const Count two128 = Count(1) << 128;
  CHECK(count(diagram->manager, p, diagram->roots[0], make_leaf(0)) == two128);
  CHECK(count(diagram->manager, p, diagram->roots[0], make_leaf(diagram->leaves.undecided())) ==
        (two128 << 64) - two128);
  CHECK(spell(two128) == "2^128");
  CHECK(spell(Count(109440)) == "109440");
  CHECK(spell((two128 << 64) - two128) == "about 6.2e57");
}

// A model of refusing rows over one int and one enum of eight.
Model table_model(std::size_t rows, bool with_enum) {
  Model model;
  model.facts.resize(2);
  Fact& tokens = model.facts[0];
  tokens.name = "tokens";
  tokens.kind = FactKind::kInt;
  tokens.low = 0;
  tokens.high = 100'000;
  Fact& scheme = model.facts[1];
  scheme.name = "scheme";
  scheme.kind = FactKind::kEnum;
  scheme.high = 7;
  model.declared_facts = 2;
  model.outcomes.push_back({true, 0, {}});
  for (RowId row = 0; row < rows; ++row) {
    const std::int64_t code = 3 * std::int64_t{row} + 17;
    FormulaId formula =
        model.formulas.atom({Atom::Kind::kIn, 0, 0, {{code, code + 1}}}, 0, 100'000);
    if (with_enum) {
      const std::int64_t value = row % 8;
      formula = model.formulas.all(
          formula, model.formulas.atom({Atom::Kind::kIn, 1, 0, {{value, value}}}, 0, 7));
    }
    model.rows.push_back({formula, 0, row, Row::kNoEntry});
    model.rules.emplace_back();
  }
  Block block;
  block.row_count = static_cast<RowId>(rows);
  model.blocks.push_back(block);
  return model;
}

TEST_CASE("a table of 20,000 rows stays far within the budget, and few nodes hold it") {
  constexpr RowId kRows = 20'000;
  for (const bool with_enum : {false, true}) {
    const Model model = table_model(kRows, with_enum);
    DiagnosticSink sink;
    const Partition p = *partition(model, sink);
    DiagramBudget budget;
    budget.steps = 8'000'000;  // n log n; row by row it would take 200 million
    const auto diagram = build(model, p, budget);
    REQUIRE(diagram);
    CHECK(diagram->manager.size() == (with_enum ? 9u : 1u));
    for (RowId row = 0; row < kRows; ++row) {
      const std::int64_t code = 3 * std::int64_t{row} + 17;
      if (walk(*diagram, p, diagram->roots[0], {code, row % 8}) != row) FAIL("row " << row);
    }
    CHECK(walk(*diagram, p, diagram->roots[0], {16, 0}) == diagram->leaves.undecided());
  }
}

TEST_CASE("wherever a budget ends there is no diagram, and with more of it there is") {
  Model model = table_model(3, true);
  Assumption& assumption = model.assumptions.emplace_back();
  assumption.condition.formula = model.formulas.negate(
      model.formulas.any(model.rows[1].formula, model.rows[2].formula));
  DiagnosticSink sink;
  const Partition p = *partition(model, sink);
  std::size_t without = 0;
  for (DiagramBudget budget{250'000, 8'000'000, 0}; budget.steps < 200; ++budget.steps) {
    const bool made = build(model, p, budget).has_value();
    if (!made) CHECK(without++ == budget.steps);
  }
  CHECK(without > 10);
  CHECK(without < 200);
}

TEST_CASE("a chain of 200,000 conditions needs no deep stack") {
  Model model = table_model(1, false);
  const FormulaId one = model.rows[0].formula;
  FormulaId chain = model.formulas.atom({Atom::Kind::kIn, 1, 0, {{3, 3}}}, 0, 7);
  for (int i = 0; i < 100'000; ++i) {
    chain = model.formulas.any(one, model.formulas.all(chain, model.formulas.negate(one)));
  }
  model.rows[0].formula = chain;
  DiagnosticSink sink;
  const Partition p = *partition(model, sink);
  const auto diagram = build(model, p, {});
  REQUIRE(diagram);
  CHECK(walk(*diagram, p, diagram->roots[0], {17, 0}) == 0);
  CHECK(walk(*diagram, p, diagram->roots[0], {99, 3}) == 0);
  CHECK(walk(*diagram, p, diagram->roots[0], {99, 2}) == diagram->leaves.undecided());
}

TEST_CASE("more facts than levels have no diagram") {
  for (const std::size_t facts : {kMaxLevels, kMaxLevels + 1}) {
    Model model = table_model(1, false);
    model.facts.resize(facts);
    model.declared_facts = static_cast<std::uint32_t>(facts);
    std::vector<FormulaId> all;
    for (FactId f = 2; f < facts; ++f) {
      all.push_back(model.formulas.atom({Atom::Kind::kIn, f, 0, {{1, 1}}}, 0, 1));
    }
    model.rows[0].formula = model.formulas.all(std::move(all));
    DiagnosticSink sink;
    const Partition p = *partition(model, sink);
    CHECK(build(model, p, {}).has_value() == (facts <= kMaxLevels));
  }
}

TEST_CASE("a second order is tried, and a dump names every node") {
  // Pairs that belong together: by use, all equal, so declaration order a0 a1 .. b0 b1 .. explodes;
  // by first use a0 b0 a1 b1 .. is linear.
  constexpr FactId kPairs = 12;
  Model model;
  for (FactId f = 0; f < 2 * kPairs; ++f) {
    model.facts.emplace_back().name = (f < kPairs ? "a" : "b") + std::to_string(f % kPairs);
  }
  model.declared_facts = 2 * kPairs;
  model.outcomes.push_back({true, 0, {}});
  for (FactId f = 0; f < kPairs; ++f) {
    const auto on = [&](FactId fact) {
      return model.formulas.atom({Atom::Kind::kIn, fact, 0, {{1, 1}}}, 0, 1);
    };
    model.rows.push_back({model.formulas.all(on(f), on(f + kPairs)), 0, f, Row::kNoEntry});
    model.rules.emplace_back();
  }
  Block block;
  block.row_count = kPairs;
  model.blocks.push_back(block);
  DiagnosticSink sink;
  const Partition p = *partition(model, sink);
  DiagramBudget small;
  small.nodes = 2000;
  const auto diagram = build(model, p, small);
  REQUIRE(diagram);
  CHECK(diagram->manager.order()[1] == kPairs);
  const std::string text = dump(*diagram, model, p);
  CHECK(std::count(text.begin(), text.end(), ':') ==
        static_cast<std::ptrdiff_t>(diagram->manager.size()) + 1);
}

}  // namespace
}  // namespace switchyard
