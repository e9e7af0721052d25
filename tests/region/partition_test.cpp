#include "compiler/region/partition.h"

#include <limits>

#include <catch2/catch.hpp>

#include "tests/region/random_model.h"

namespace switchyard {
namespace {

constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();

Model one_fact(FactKind kind, std::int64_t low, std::int64_t high, std::size_t symbols = 0) {
  Model model;
  Fact fact;
  fact.name = "x";
  fact.kind = kind;
  fact.low = low;
  fact.high = high;
  for (std::size_t i = 0; i < symbols; ++i) fact.symbols.push_back(std::string(1, char('a' + i)));
  model.facts = {fact};
  model.declared_facts = 1;
  return model;
}

void add(Model& model, Atom::Kind kind, std::int64_t operand, std::vector<Interval> intervals) {
  model.formulas.atom(Atom{kind, 0, operand, std::move(intervals)}, model.facts[0].low,
                      model.facts[0].high);
}

Partition cut(const Model& model) {
  DiagnosticSink sink;
  std::optional<Partition> result = partition(model, sink);
  REQUIRE(result);
  return std::move(*result);
}

TEST_CASE("a fact that no condition reads has one class") {
  const Partition p = cut(one_fact(FactKind::kInt, kMin, kMax));
  REQUIRE(p.axes[0].class_count() == 1);
  CHECK(p.axes[0].more[0] == ~std::uint64_t{0});
  CHECK(p.axes[0].representative[0] == kMin);
  CHECK(p.axes[0].class_of(kMax) == 0);
}

TEST_CASE("all 64 bits of an int are cut without overflow") {
  Model model = one_fact(FactKind::kInt, kMin, kMax);
  add(model, Atom::Kind::kIn, 0, {{kMax, kMax}});
  add(model, Atom::Kind::kIn, 0, {{kMin, 0}});
  const Partition p = cut(model);
  const Axis& axis = p.axes[0];
  REQUIRE(axis.class_count() == 3);
  CHECK(axis.representative == std::vector<std::int64_t>{kMin, 1, kMax});
  CHECK(axis.more[0] == std::uint64_t{1} << 63);
  CHECK(axis.more[1] == (std::uint64_t{1} << 63) - 3);
  CHECK(axis.more[2] == 0);
  CHECK(axis.class_of(kMin) == 0);
  CHECK(axis.class_of(0) == 0);
  CHECK(axis.class_of(1) == 1);
  CHECK(axis.class_of(kMax) == 2);
  CHECK(p.atoms[0].count() == 1);
}

TEST_CASE("residues over all 64 bits") {
  Model model = one_fact(FactKind::kInt, kMin, kMax);
  add(model, Atom::Kind::kModulo, 3, {{0, 0}});
  const Axis axis = cut(model).axes[0];
  REQUIRE(axis.class_count() == 2);
  // 2^64 = 3 * 6148914691236517205 + 1, and kMin mod 3 = 1.
  CHECK(axis.more[axis.class_of(0)] == 6148914691236517205u - 1);
  CHECK(axis.more[axis.class_of(1)] == 2 * 6148914691236517205u);
  CHECK(axis.class_of(-3) == axis.class_of(0));
  CHECK(axis.class_of(-2) == axis.class_of(1));
}

TEST_CASE("values that the same conditions hold for share a class") {
  Model model = one_fact(FactKind::kInt, 0, 100);
  add(model, Atom::Kind::kIn, 0, {{10, 19}, {30, 39}});
  const Partition p = cut(model);
  CHECK(p.axes[0].class_count() == 2);
  CHECK(p.axes[0].intervals.size() == 5);
  CHECK(p.axes[0].class_of(15) == p.axes[0].class_of(35));
  CHECK(p.axes[0].more[p.axes[0].class_of(15)] == 19);
}

TEST_CASE("flags of 16 symbols") {
  Model model = one_fact(FactKind::kFlags, 0, 65'535, 16);
  add(model, Atom::Kind::kAny, 0x8001, {});
  add(model, Atom::Kind::kAll, 0x0003, {});
  const Partition p = cut(model);
  const Axis& axis = p.axes[0];
  CHECK(axis.class_count() == 3);
  for (std::int64_t code = 0; code < 65'536; ++code) {
    const ClassId c = axis.class_of(code);
    if (p.atoms[0].contains(c) != ((code & 0x8001) != 0)) FAIL("any " << code);
    if (p.atoms[1].contains(c) != ((code & 3) == 3)) FAIL("all " << code);
  }
}

TEST_CASE("a decision keeps every target apart") {
  const Partition p = cut(one_fact(FactKind::kDecision, 0, 4, 5));
  CHECK(p.axes[0].class_count() == 5);
  CHECK(p.axes[0].class_of(3) == 3);
}

TEST_CASE("moduli without a common multiple in the limit are reported with their values") {
  Model model = one_fact(FactKind::kInt, 0, 1 << 20);
  add(model, Atom::Kind::kModulo, 256, {{0, 0}});
  add(model, Atom::Kind::kModulo, 257, {{0, 0}});
  DiagnosticSink sink;
  CHECK_FALSE(partition(model, sink));
  REQUIRE(sink.diagnostics().size() == 1);
  CHECK(sink.diagnostics()[0].info->code == "SY0411");
  CHECK(sink.diagnostics()[0].message.find("256, 257") != std::string::npos);
}

TEST_CASE("moduli without a common multiple in the limit divide a fact of few values") {
  Model model = one_fact(FactKind::kInt, -20'000, 45'535);
  add(model, Atom::Kind::kModulo, 256, {{0, 0}});
  add(model, Atom::Kind::kModulo, 257, {{0, 128}});
  add(model, Atom::Kind::kModulo, 70'000, {{69'999, 69'999}});
  const Partition p = cut(model);
  const Axis& axis = p.axes[0];
  CHECK(axis.class_count() == 5);  // the first two in all four ways, and -1
  std::vector<std::uint64_t> members(axis.class_count());
  for (std::int64_t code = -20'000; code <= 45'535; ++code) {
    const ClassId c = axis.class_of(code);
    ++members[c];
    for (AtomId id = 0; id < 3; ++id) {
      if (p.atoms[id].contains(c) != model.formulas.atom(id).holds(code)) FAIL(id << " " << code);
    }
  }
  for (ClassId c = 0; c < members.size(); ++c) CHECK(members[c] == axis.more[c] + 1);
}

TEST_CASE("more than 65,536 classes are reported") {
  Model model = one_fact(FactKind::kInt, 0, 1 << 20);
  for (std::int64_t m = 2; m <= 65'536; m *= 2) add(model, Atom::Kind::kModulo, m, {{m / 2, m - 1}});
  CHECK(cut(model).axes[0].class_count() == 65'536);
  add(model, Atom::Kind::kIn, 0, {{0, 200'000}});
  DiagnosticSink sink;
  CHECK_FALSE(partition(model, sink));
  REQUIRE(sink.diagnostics().size() == 1);
  CHECK(sink.diagnostics()[0].info->code == "SY0410");
}

TEST_CASE("random facts: classes are exactly what the atoms tell apart") {
  const std::uint64_t seed = testing::random_seed();
  INFO("SWITCHYARD_SEED=" << seed);
  std::mt19937_64 random(seed);
  for (std::size_t round = 0; round < testing::random_rounds(500); ++round) {
    const Model model = testing::random_model(random, {});
    const Partition p = cut(model);
    for (FactId f = 0; f < model.declared_facts; ++f) {
      const Fact& fact = model.facts[f];
      const Axis& axis = p.axes[f];
      std::vector<std::uint64_t> members(axis.class_count());
      for (std::int64_t a = fact.low; a <= fact.high; ++a) {
        const ClassId own = axis.class_of(a);
        REQUIRE(own < axis.class_count());
        if (members[own]++ == 0) REQUIRE(axis.representative[own] == a);
        for (std::int64_t b = fact.low; b <= a; ++b) {
          bool apart = false;
          for (AtomId id = 0; id < model.formulas.atom_count(); ++id) {
            const Atom& atom = model.formulas.atom(id);
            if (atom.fact != f) continue;
            apart = apart || atom.holds(a) != atom.holds(b);
            REQUIRE(p.atoms[id].contains(own) == atom.holds(a));
          }
          REQUIRE((axis.class_of(b) != own) == apart);
        }
      }
      for (ClassId c = 0; c < members.size(); ++c) REQUIRE(members[c] == axis.more[c] + 1);
      REQUIRE(std::is_sorted(axis.representative.begin(), axis.representative.end()));
    }
  }
}

}  // namespace
}  // namespace switchyard
