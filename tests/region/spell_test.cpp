#include <catch2/catch.hpp>

#include "compiler/region/box.h"
#include "compiler/region/partition.h"

namespace switchyard {
namespace {

// One fact, cut by the given atoms; spells the set of the codes that `in` holds for.
struct Case {
  Model model;
  std::optional<Partition> p;

  Case(FactKind kind, std::int64_t low, std::int64_t high, std::vector<std::string> symbols,
       std::vector<Atom> atoms) {
    Fact fact;
    fact.name = "x";
    fact.kind = kind;
    fact.low = low;
    fact.high = high;
    fact.symbols = std::move(symbols);
    model.facts = {fact};
    model.declared_facts = 1;
    for (Atom& atom : atoms) model.formulas.atom(std::move(atom), low, high);
    DiagnosticSink sink;
    p = partition(model, sink);
    REQUIRE(p);
  }
  template <typename In>
  std::string spell(In in) {
    ClassSet set(p->axes[0].class_count());
    for (ClassId c = 0; c < set.size(); ++c) {
      if (in(p->axes[0].representative[c])) set.insert(c);
    }
    return switchyard::spell(model, *p, 0, set);
  }
};

Atom in(std::int64_t low, std::int64_t high) { return {Atom::Kind::kIn, 0, 0, {{low, high}}}; }
Atom modulo(std::int64_t m, std::int64_t r) { return {Atom::Kind::kModulo, 0, m, {{r, r}}}; }

TEST_CASE("bools") {
  Case x(FactKind::kBool, 0, 1, {}, {in(1, 1)});
  CHECK(x.spell([](auto c) { return c == 1; }) == "x");
  CHECK(x.spell([](auto c) { return c == 0; }) == "not x");
}

TEST_CASE("symbols") {
  Case x(FactKind::kEnum, 0, 3, {"a", "b", "c", "d"}, {in(0, 0), in(1, 1), in(2, 2)});
  CHECK(x.spell([](auto c) { return c == 1; }) == "x == b");
  CHECK(x.spell([](auto c) { return c == 1 || c == 3; }) == "x in <b, d>");
  CHECK(x.spell([](auto c) { return c != 2; }) == "x != c");
}

TEST_CASE("open names and switches") {
  Case name(FactKind::kName, 0, 1, {"gfx942"}, {in(0, 0)});
  CHECK(name.spell([](auto c) { return c == 1; }) == "x == other");
  Case sw(FactKind::kSwitch, 0, 2, {}, {in(0, 0), in(2, 2)});
  CHECK(sw.spell([](auto c) { return c != 2; }) == "x != on");
}

TEST_CASE("ints") {
  Case x(FactKind::kInt, 1, 100, {}, {in(1, 16), in(17, 20), in(50, 50)});
  CHECK(x.spell([](auto c) { return c <= 16; }) == "x <= 16");
  CHECK(x.spell([](auto c) { return c == 21; }) == "x in <21 .. 49, 51 .. 100>");
  CHECK(x.spell([](auto c) { return c == 50; }) == "x == 50");
  CHECK(x.spell([](auto c) { return c != 50; }) == "x != 50");
  CHECK(x.spell([](auto c) { return c > 16 && c <= 20; }) == "x in 17 .. 20");
}

TEST_CASE("remainders") {
  Case x(FactKind::kInt, 0, 1000, {}, {modulo(32, 0), in(0, 99)});
  CHECK(x.spell([](auto c) { return c % 32 == 0; }) == "x % 32 == 0");
  CHECK(x.spell([](auto c) { return c % 32 != 0; }) == "x % 32 != 0");
  CHECK(x.spell([](auto c) { return c <= 99; }) == "x <= 99");
  CHECK(x.spell([](auto c) { return c <= 99 && c % 32 == 0; }) == "x <= 99 and x % 32 == 0");
  CHECK(x.spell([](auto c) { return c <= 99 || c % 32 == 0; }) ==
        "(x <= 99 or x >= 100 and x % 32 == 0)");
}

TEST_CASE("flags") {
  const auto any = [](std::int64_t mask) { return Atom{Atom::Kind::kAny, 0, mask, {}}; };
  Case x(FactKind::kFlags, 0, 7, {"a", "b", "c"}, {any(1), any(2), any(4)});
  CHECK(x.spell([](auto c) { return (c & 2) != 0; }) == "x has b");
  CHECK(x.spell([](auto c) { return (c & 2) == 0; }) == "not x has b");
  CHECK(x.spell([](auto c) { return (c & 3) == 2; }) == "not x has a and x has b");
  CHECK(x.spell([](auto c) { return c == 5; }) == "x == <a, c>");
  CHECK(x.spell([](auto c) { return (c & 3) != 0; }) == "(x has a or not x has a and x has b)");
}

TEST_CASE("boxes") {
  Case x(FactKind::kBool, 0, 1, {}, {in(1, 1)});
  ClassSet on(2);
  on.insert(1);
  CHECK(spell(x.model, *x.p, Box{{{0, on}}}) == "x");
  CHECK(spell(x.model, *x.p, Box{}) == "any input");
}

}  // namespace
}  // namespace switchyard
