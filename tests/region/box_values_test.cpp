// What a box says of each fact, as lists: exactly the codes of its classes.
#include <algorithm>

#include <catch2/catch.hpp>

#include "compiler/region/box_values.h"
#include "compiler/sema/resolve.h"
#include "tests/region/random_model.h"

namespace switchyard {
namespace {

// "9.2" as a code; ints as they are.
std::int64_t code_of(const FactValues& own, const std::string& text) {
  if (own.kind == FactValues::Kind::kInt) return std::stoll(text);
  std::int64_t parts[3] = {0, 0, 0};
  std::sscanf(text.c_str(), "%ld.%ld.%ld", &parts[0], &parts[1], &parts[2]);
  return parts[0] << 32 | parts[1] << 16 | parts[2];
}

bool has(const Fact& fact, std::int64_t code, const std::string& symbol) {
  const auto at = std::find(fact.symbols.begin(), fact.symbols.end(), symbol);
  REQUIRE(at != fact.symbols.end());
  return ((code >> (at - fact.symbols.begin())) & 1) != 0;
}

bool says(const Fact& fact, const FactRange& range, const FactValues& own, std::int64_t code) {
  if (code < code_of(own, range.low) || code > code_of(own, range.high)) return false;
  if (range.modulus == 1) return true;
  REQUIRE(fact.kind == FactKind::kInt);
  const std::int64_t remainder = (code % range.modulus + range.modulus) % range.modulus;
  return std::count(range.remainders.begin(), range.remainders.end(), remainder) == 1;
}

// How many elements of the lists say that the code is in.
int says(const Fact& fact, const FactValues& own, std::int64_t code) {
  const std::string spelled = spell(fact, code);
  auto count = std::count(own.symbols.begin(), own.symbols.end(), spelled);
  count += std::count_if(own.ranges.begin(), own.ranges.end(), [&](const FactRange& range) {
    return says(fact, range, own, code);
  });
  count += std::count_if(own.flags.begin(), own.flags.end(), [&](const FactFlags& part) {
    const auto own_has = [&](const std::string& symbol) { return has(fact, code, symbol); };
    return std::all_of(part.has.begin(), part.has.end(), own_has) &&
           std::none_of(part.lacks.begin(), part.lacks.end(), own_has);
  });
  return static_cast<int>(count);
}

TEST_CASE("lists of values say exactly, and once, which codes a class set has") {
  const std::uint64_t seed = testing::random_seed();
  INFO("SWITCHYARD_SEED=" << seed);
  std::mt19937_64 random(seed);
  std::size_t remainders = 0, flags = 0;
  for (std::size_t round = 0; round < testing::random_rounds(400); ++round) {
    INFO("round " << round);
    const Model model = testing::random_model(random, {});
    DiagnosticSink sink;
    const Partition p = *partition(model, sink);
    Box box;
    for (FactId f = 0; f < model.declared_facts; ++f) {
      ClassSet set(p.axes[f].class_count());
      for (ClassId c = 0; c < set.size(); ++c) {
        if (random() % 2 != 0) set.insert(c);
      }
      if (!set.empty() && !set.full()) box.sides.push_back({f, set});
    }
    const BoxValues values = values_of(model, p, box);
    REQUIRE(values.size() == box.sides.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
      const auto& [f, set] = box.sides[i];
      const Fact& fact = model.facts[f];
      REQUIRE(values[i].fact == fact.name);
      REQUIRE(values[i].text == spell(model, p, f, set));
      for (const FactRange& range : values[i].ranges) remainders += range.modulus > 1 ? 1 : 0;
      flags += values[i].flags.empty() ? 0 : 1;
      for (std::int64_t code = fact.low; code <= fact.high; ++code) {
        REQUIRE(says(fact, values[i], code) == (set.contains(p.axes[f].class_of(code)) ? 1 : 0));
      }
    }
  }
  if (testing::random_rounds(400) >= 400) CHECK((remainders > 100 && flags > 100));
}

TEST_CASE("remainders are over the smallest modulus, and whole ranges need none") {
  Model model;
  Fact fact;
  fact.name = "n";
  fact.kind = FactKind::kInt;
  fact.low = -10;
  fact.high = 95;
  model.facts = {fact};
  model.declared_facts = 1;
  const FormulaId third = model.formulas.atom({Atom::Kind::kModulo, 0, 3, {{0, 0}}}, -10, 95);
  const FormulaId fourth = model.formulas.atom({Atom::Kind::kModulo, 0, 4, {{1, 1}}}, -10, 95);
  const FormulaId low = model.formulas.atom({Atom::Kind::kIn, 0, 0, {{-10, 1}}}, -10, 95);
  DiagnosticSink sink;
  const Partition p = *partition(model, sink);
  const auto values = [&](FormulaId formula) {
    return values_of(model, p, 0, p.atoms[model.formulas.atom_of(formula)]);
  };
  CHECK(values(third).ranges == std::vector<FactRange>{{"-10", "95", 3, {0}}});
  CHECK(values(fourth).ranges == std::vector<FactRange>{{"-10", "95", 4, {1}}});
  CHECK(values(low).ranges == std::vector<FactRange>{{"-10", "1"}});
}

TEST_CASE("flags are split into what they have and lack") {
  Model model;
  Fact fact;
  fact.name = "backends";
  fact.kind = FactKind::kFlags;
  fact.high = 7;
  fact.symbols = {"ck", "a,b", "triton"};
  model.facts = {fact};
  model.declared_facts = 1;
  for (const std::int64_t bit : {0, 1}) {
    model.formulas.atom({Atom::Kind::kAny, 0, std::int64_t{1} << bit, {}}, 0, 7);
  }
  DiagnosticSink sink;
  const Partition p = *partition(model, sink);
  ClassSet set(p.axes[0].class_count());
  for (const std::int64_t code : {1, 2, 3}) set.insert(p.axes[0].class_of(code));
  const FactValues values = values_of(model, p, 0, set);
  CHECK(values.flags == std::vector<FactFlags>{{{"ck"}, {}}, {{"a,b"}, {"ck"}}});
  CHECK(values.text == "(backends has ck or not backends has ck and backends has \"a,b\")");
}

TEST_CASE("symbols are without the quotes of the language") {
  Model model;
  Fact fact;
  fact.name = "arch";
  fact.kind = FactKind::kName;
  fact.high = 2;
  fact.symbols = {"gfx90a:sramecc+", "gfx942"};
  model.facts = {fact};
  model.declared_facts = 1;
  model.formulas.atom({Atom::Kind::kIn, 0, 0, {{0, 0}, {2, 2}}}, 0, 2);
  DiagnosticSink sink;
  const Partition p = *partition(model, sink);
  ClassSet set(p.axes[0].class_count());
  set.insert(p.axes[0].class_of(0));
  const FactValues values = values_of(model, p, 0, set);
  CHECK(values.symbols == std::vector<std::string>{"gfx90a:sramecc+", "other"});
  CHECK(values.text == "arch != gfx942");
}

}  // namespace
}  // namespace switchyard
