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

bool says(const Fact& fact, const FactValues& own, std::int64_t code) {
  const std::string spelled = spell(fact, code);
  if (std::find(own.symbols.begin(), own.symbols.end(), spelled) != own.symbols.end()) return true;
  return std::any_of(own.ranges.begin(), own.ranges.end(), [&](const auto& range) {
    return code_of(own, range.first) <= code && code <= code_of(own, range.second);
  });
}

TEST_CASE("lists of values say exactly which codes a class set has") {
  const std::uint64_t seed = testing::random_seed();
  INFO("SWITCHYARD_SEED=" << seed);
  std::mt19937_64 random(seed);
  std::size_t listed = 0, told = 0;
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
      if (!values[i].listable) {
        REQUIRE((fact.kind == FactKind::kFlags || p.axes[f].modulus > 1));
        REQUIRE(values[i].symbols.empty());
        REQUIRE(values[i].ranges.empty());
        ++told;
        continue;
      }
      ++listed;
      for (std::int64_t code = fact.low; code <= fact.high; ++code) {
        REQUIRE(says(fact, values[i], code) == set.contains(p.axes[f].class_of(code)));
      }
    }
  }
  if (testing::random_rounds(400) >= 400) CHECK((listed > 100 && told > 100));
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
