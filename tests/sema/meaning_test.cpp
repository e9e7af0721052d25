#include <catch2/catch.hpp>

#include "tests/random/random_policy.h"
#include "tests/sema/resolved.h"

// What conditions mean, against answers worked out by hand from the language reference, so that the
// oracle itself has something to answer to.
namespace switchyard::testing {
namespace {

// Whether `fast` is chosen by "fast when CONDITION", asked of the rows and of the oracle.
struct Asked {
  std::unique_ptr<const Resolved> resolved;
  bool operator()(std::vector<std::pair<std::string, std::int64_t>> given) const {
    const Model& model = *resolved->model;
    std::vector<std::int64_t> codes;
    for (std::uint32_t i = 0; i < model.declared_facts; ++i) codes.push_back(model.facts[i].low);
    for (const auto& [name, code] : given) {
      for (std::uint32_t i = 0; i < model.declared_facts; ++i) {
        if (model.facts[i].name == name) codes[i] = code;
      }
    }
    const Evaluator oracle(resolved->policy, model);
    REQUIRE(difference(*resolved, oracle, codes) == "");
    return oracle.evaluate(codes).back().target == "fast";
  }
};

Asked ask(const std::string& condition) {
  Asked asked{resolve_lines("fast when " + condition)};
  INFO(asked.resolved->findings());
  REQUIRE(asked.resolved->model);
  return asked;
}

std::int64_t version(std::int64_t major, std::int64_t minor, std::int64_t patch) {
  return (major << 32) | (minor << 16) | patch;
}

TEST_CASE("implies is the loosest and right-associative, not binds tighter than and") {
  CHECK(ask("a implies b implies c")({{"a", 1}, {"b", 0}}));
  CHECK_FALSE(ask("(a implies b) implies c")({{"a", 0}, {"b", 0}}));
  CHECK(ask("a implies b implies c")({{"a", 0}}));
  CHECK(ask("not a and b")({{"a", 0}, {"b", 1}}));
  CHECK_FALSE(ask("not a and b")({{"a", 0}, {"b", 0}}));
  CHECK(ask("not e == y")({{"e", 0}}));
}

TEST_CASE("enums with the symbols in another order compare by name") {
  // e: x y z; g: z y x
  CHECK(ask("e == g")({{"e", 0}, {"g", 2}}));
  CHECK(ask("e == g")({{"e", 1}, {"g", 1}}));
  CHECK_FALSE(ask("e == g")({{"e", 0}, {"g", 0}}));
  CHECK(ask("e != g")({{"e", 0}, {"g", 0}}));
}

TEST_CASE("the remainder is never negative") {
  const auto r = resolve_text(
      "fact k : int -8 .. 8\ntarget fast target slow\nfast when k % 4 == 3\nslow otherwise\n");
  REQUIRE(r->model);
  const Asked asked{resolve_text(
      "fact k : int -8 .. 8\ntarget fast target slow\nfast when k % 4 == 3\nslow otherwise\n")};
  CHECK(asked({{"k", -1}}));
  CHECK(asked({{"k", -5}}));
  CHECK(asked({{"k", 7}}));
  CHECK_FALSE(asked({{"k", -3}}));
  CHECK_FALSE(asked({{"k", 4}}));
}

TEST_CASE("versions order by major, minor, patch") {
  CHECK(ask("v >= 7")({{"v", version(7, 0, 0)}}));
  CHECK_FALSE(ask("v >= 7")({{"v", version(6, 65535, 9)}}));
  CHECK(ask("v < 9.10")({{"v", version(9, 9, 0)}}));
  CHECK(ask("v == 7.1")({{"v", version(7, 1, 0)}}));
  CHECK_FALSE(ask("v == 7.1")({{"v", version(7, 1, 1)}}));
  const auto r = resolve_lines("fast when v == 9.99.1");
  REQUIRE(r->model);
  CHECK(r->model->rows[0].formula == kFalse);  // 9.99.1 is outside `.. 9.99`
}

TEST_CASE("flags") {
  // ck 1, triton 2, hip 4
  CHECK(ask("s has any <ck, hip>")({{"s", 4}}));
  CHECK_FALSE(ask("s has any <ck, hip>")({{"s", 2}}));
  CHECK_FALSE(ask("s has any <>")({{"s", 7}}));
  CHECK(ask("s has all <>")({{"s", 0}}));
  CHECK(ask("s has all <ck, hip>")({{"s", 5}}));
  CHECK_FALSE(ask("s has all <ck, hip>")({{"s", 1}}));
  CHECK(ask("s == <triton, ck>")({{"s", 3}}));
  CHECK_FALSE(ask("s == <triton, ck>")({{"s", 7}}));
  CHECK(ask("s != <>")({{"s", 1}}));
}

TEST_CASE("a switch has three answers") {
  CHECK(ask("w != off")({{"w", 0}}));
  CHECK_FALSE(ask("w == on")({{"w", 0}}));
  CHECK_FALSE(ask("w != off")({{"w", 1}}));
  CHECK(ask("w == on")({{"w", 2}}));
}

TEST_CASE("set operators: & and - bind tighter than |") {
  CHECK(ask("e in <x> | <y, z> & <z>")({{"e", 0}}));
  CHECK_FALSE(ask("e in <x> | <y, z> & <z>")({{"e", 1}}));
  CHECK(ask("e in <x> | <y, z> & <z>")({{"e", 2}}));
  CHECK_FALSE(ask("e in <x, y> - <x> - <y>")({{"e", 1}}));
  CHECK(ask("i not in <1, 4 .. 8>")({{"i", 9}}));
  CHECK_FALSE(ask("i not in <1, 4 .. 8>")({{"i", 6}}));
}

TEST_CASE("a target without the attribute differs from every value") {
  const auto with = [](const std::string& condition) {
    return Asked{resolve_lines(
        "decision d { target t { family = q } target u t when a u otherwise }\nfast when " +
        condition)};
  };
  CHECK(with("d.family == q")({{"a", 1}}));
  CHECK_FALSE(with("d.family == q")({{"a", 0}}));
  CHECK(with("d.family != q")({{"a", 0}}));
  CHECK(with("d.family not in <q>")({{"a", 0}}));
  CHECK(with("d == u")({{"a", 0}}));
}

}  // namespace
}  // namespace switchyard::testing
