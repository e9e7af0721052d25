#include "compiler/diagram/diagram.h"

#include <random>

#include <catch2/catch.hpp>

#include "compiler/diagram/operations.h"
#include "tests/region/random_model.h"

namespace switchyard {
namespace {

constexpr std::uint32_t kClasses[] = {2, 3, 4, 2};

// The node with one child a class.
DiagramRef node(DiagramManager& manager, std::uint32_t level, std::span<const DiagramRef> children) {
  Runs runs;
  for (ClassId c = 0; c < children.size(); ++c) runs.append(c + 1, children[c]);
  return manager.node(level, runs.all());
}

// A random function of four facts as a table and as a diagram.
struct Function {
  std::vector<std::uint32_t> values;
  DiagramRef ref;
};

Function random_function(std::mt19937_64& random, DiagramManager& manager, std::uint32_t leaves) {
  Function f;
  for (int i = 0; i < 2 * 3 * 4 * 2; ++i) f.values.push_back(random() % 3 == 0 ? 0 : random() % leaves);
  std::vector<DiagramRef> layer;
  for (const std::uint32_t v : f.values) layer.push_back(make_leaf(v));
  for (std::uint32_t level = 4; level-- > 0;) {
    std::vector<DiagramRef> above;
    for (std::size_t i = 0; i < layer.size(); i += kClasses[level]) {
      above.push_back(node(manager, level, std::span(layer).subspan(i, kClasses[level])));
    }
    layer = above;
  }
  f.ref = layer[0];
  return f;
}

template <typename Combine>
DiagramRef combined(DiagramManager& manager, const Function& a, const Function& b, Combine combine) {
  std::vector<DiagramRef> layer;
  for (std::size_t i = 0; i < a.values.size(); ++i) {
    layer.push_back(make_leaf(combine(a.values[i], b.values[i])));
  }
  for (std::uint32_t level = 4; level-- > 0;) {
    std::vector<DiagramRef> above;
    for (std::size_t i = 0; i < layer.size(); i += kClasses[level]) {
      above.push_back(node(manager, level, std::span(layer).subspan(i, kClasses[level])));
    }
    layer = above;
  }
  return layer[0];
}

TEST_CASE("operations give the one diagram of their function") {
  const std::uint64_t seed = testing::random_seed();
  INFO("SWITCHYARD_SEED=" << seed);
  std::mt19937_64 random(seed);
  for (std::size_t round = 0; round < testing::random_rounds(300); ++round) {
    DiagramManager m({0, 1, 2, 3}, {2, 3, 4, 2}, {});
    DiagramOperations operations(m);
    const Function a = random_function(random, m, 2);
    const Function b = random_function(random, m, 2);
    const Function t = random_function(random, m, 5);
    using U = std::uint32_t;
    REQUIRE(operations.conjoin(a.ref, b.ref) == combined(m, a, b, [](U x, U y) { return x & y; }));
    REQUIRE(operations.disjoin(a.ref, b.ref) == combined(m, a, b, [](U x, U y) { return x | y; }));
    REQUIRE(operations.subtract(a.ref, b.ref) ==
            combined(m, a, b, [](U x, U y) { return x & (1 - y); }));
    REQUIRE(operations.negate(a.ref) == combined(m, a, a, [](U x, U) { return 1 - x; }));
    REQUIRE(operations.fill(t.ref, make_leaf(2), a.ref, make_leaf(7)) ==
            combined(m, t, a, [](U x, U y) { return x == 2 && y == 1 ? 7 : x; }));
    const Function u = random_function(random, m, 5);
    REQUIRE(operations.overlay(t.ref, make_leaf(2), u.ref) ==
            combined(m, t, u, [](U x, U y) { return x == 2 ? y : x; }));
    const DiagramRef chosen = operations.choose(a.ref, t.ref, u.ref);
    Function ta = t;
    for (std::size_t i = 0; i < ta.values.size(); ++i) {
      if (a.values[i] == 0) ta.values[i] = u.values[i];
    }
    REQUIRE(chosen == combined(m, ta, ta, [](U x, U) { return x; }));
    const std::vector<DiagramRef> swap = {make_leaf(4), make_leaf(4), make_leaf(0), make_leaf(1),
                                          make_leaf(2)};
    REQUIRE(operations.map_leaves(t.ref, swap) ==
            combined(m, t, t, [&](U x, U) { return leaf_value(swap[x]); }));
    Function fixed = t;
    for (std::size_t i = 0; i < fixed.values.size(); ++i) {
      const std::size_t c = i / 2 % 4;  // class of fact 2
      fixed.values[i] = t.values[i - c * 2 + 3 * 2];
    }
    REQUIRE(operations.restrict(t.ref, 2, 3) == combined(m, fixed, fixed, [](U x, U) { return x; }));
    DiagramManager other({0, 1, 2, 3}, {2, 3, 4, 2}, {});
    DiagramOperations importing(other);
    const DiagramRef once = importing.import(m, t.ref);
    REQUIRE(importing.import(m, t.ref) == once);
    REQUIRE(operations.import(other, once) == t.ref);
  }
}

TEST_CASE("a node branches by runs of classes") {
  const std::uint64_t seed = testing::random_seed();
  INFO("SWITCHYARD_SEED=" << seed);
  std::mt19937_64 random(seed);
  for (std::size_t round = 0; round < testing::random_rounds(300); ++round) {
    const auto classes = static_cast<std::uint32_t>(2 + random() % 200);
    DiagramManager m({0}, {classes}, {});
    ClassSet set(classes);
    for (ClassId at = 0; at < classes; at += 1 + random() % 70) {
      for (std::size_t count = random() % 70; count > 0 && at < classes; --count) set.insert(at++);
    }
    const DiagramRef in = make_leaf(3), out = make_leaf(5);
    const DiagramRef ref = m.node(0, set, in, out);
    if (set.empty() || set.full()) {
      REQUIRE(ref == (set.empty() ? out : in));
      continue;
    }
    const Children children = m.children(ref);
    REQUIRE(children.size() == classes);
    std::size_t changes = 0;
    for (ClassId c = 0; c < classes; ++c) {
      REQUIRE(children[c] == (set.contains(c) ? in : out));
      if (c > 0 && children[c] != children[c - 1]) ++changes;
    }
    REQUIRE(m.runs(ref).size() == changes + 1);
    for (const bool member : {false, true}) {
      for (ClassId from = 0; from < classes; ++from) {
        ClassId next = from;
        while (next < classes && set.contains(next) != member) ++next;
        REQUIRE(set.next(from, member) == next);
      }
    }
  }
}

TEST_CASE("a manager past its budget says so and stays usable") {
  DiagramBudget budget;
  budget.nodes = 10;
  DiagramManager m({0, 1, 2, 3}, {2, 3, 4, 2}, budget);
  std::mt19937_64 random(1);
  for (int i = 0; i < 10; ++i) random_function(random, m, 5);
  CHECK_FALSE(m.within_budget());
  CHECK(m.size() <= 10);
  budget = {};
  budget.steps = 10;
  DiagramManager n({0, 1, 2, 3}, {2, 3, 4, 2}, budget);
  DiagramOperations operations(n);
  const Function a = random_function(random, n, 2), b = random_function(random, n, 2);
  operations.conjoin(a.ref, b.ref);
  CHECK_FALSE(n.within_budget());
}

}  // namespace
}  // namespace switchyard
