#include "compiler/region/box.h"

#include <catch2/catch.hpp>

#include "tests/region/random_model.h"

namespace switchyard {
namespace {

bool inside(const Partition& partition, const Box& box, const std::vector<std::int64_t>& codes) {
  for (const Box::Side& side : box.sides) {
    if (!side.classes.contains(partition.axes[side.fact].class_of(codes[side.fact]))) return false;
  }
  return true;
}

TEST_CASE("boxes of random formulas hold exactly where the formula does") {
  const std::uint64_t seed = testing::random_seed();
  INFO("SWITCHYARD_SEED=" << seed);
  std::mt19937_64 random(seed);
  testing::ModelShape shape;
  shape.decisions = 0;
  shape.max_combinations = 600;
  for (std::size_t round = 0; round < testing::random_rounds(300); ++round) {
    const Model model = testing::random_model(random, shape);
    DiagnosticSink sink;
    const Partition p = *partition(model, sink);
    for (const Row& row : model.rows) {
      const auto boxes = boxes_of(model, p, row.formula, 10'000);
      REQUIRE(boxes);
      for (const Box& box : *boxes) {
        for (std::size_t i = 0; i < box.sides.size(); ++i) {
          REQUIRE_FALSE(box.sides[i].classes.empty());
          REQUIRE_FALSE(box.sides[i].classes.full());
          if (i > 0) REQUIRE(box.sides[i - 1].fact < box.sides[i].fact);
        }
      }
      testing::for_each_combination(model, [&](std::vector<std::int64_t>& codes) {
        const bool any = std::any_of(boxes->begin(), boxes->end(),
                                     [&](const Box& box) { return inside(p, box, codes); });
        REQUIRE(any == testing::holds(model, row.formula, codes));
      });
    }
  }
}

TEST_CASE("boxes past the budget are refused, not cut short") {
  Model model;
  std::vector<FormulaId> parts;
  for (FactId f = 0; f < 20; f += 2) {
    model.facts.resize(f + 2);
    parts.push_back(model.formulas.any(model.formulas.atom({Atom::Kind::kIn, f, 0, {{1, 1}}}, 0, 1),
                                       model.formulas.atom({Atom::Kind::kIn, f + 1, 0, {{1, 1}}}, 0, 1)));
  }
  model.declared_facts = 20;
  const FormulaId all = model.formulas.all(parts);
  DiagnosticSink sink;
  const Partition p = *partition(model, sink);
  CHECK_FALSE(boxes_of(model, p, all, 1000));
  const auto boxes = boxes_of(model, p, all, 2000);
  REQUIRE(boxes);
  CHECK(boxes->size() == 1024);
  CHECK(boxes_of(model, p, model.formulas.negate(all), 1000)->size() == 10);
  CHECK(boxes_of(model, p, kFalse, 0)->empty());
  CHECK(boxes_of(model, p, kTrue, 1)->at(0).sides.empty());
}

}  // namespace
}  // namespace switchyard
