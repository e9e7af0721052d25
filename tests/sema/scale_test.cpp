#include <catch2/catch.hpp>

#include "tests/random/random_policy.h"
#include "tests/sema/resolved.h"

namespace switchyard::testing {
namespace {

TEST_CASE("a chain of 10,000 lets, either way round, needs no deep stack") {
  for (const bool downwards : {false, true}) {
    std::string text = "fact a : bool\nfact b : bool\ntarget t\n";
    for (int k = 0; k < 10'000; ++k) {
      const int i = downwards ? 10'000 - 1 - k : k;
      text += "let l" + std::to_string(i) + " = " +
              (i == 0 ? "a" : "b implies l" + std::to_string(i - 1)) + "\n";
    }
    const auto r = resolve_text(text + "t when l9999\nt otherwise\n");
    INFO(r->findings().substr(0, 1000));
    REQUIRE(r->model);
    const Model& model = *r->model;
    CHECK(holds(model, model.rows[0].formula, std::vector<std::int64_t>{0, 0}));
    CHECK_FALSE(holds(model, model.rows[0].formula, std::vector<std::int64_t>{0, 1}));
  }
}

TEST_CASE("a cycle of 10,000 lets is one error of readable length") {
  std::string text = "fact a : bool\ntarget t\nt otherwise\n";
  for (int i = 0; i < 10'000; ++i) {
    text += "let l" + std::to_string(i) + " = not l" + std::to_string((i + 1) % 10'000) + "\n";
  }
  const auto r = resolve_text(text);
  REQUIRE(r->codes() == "SY0203");
  CHECK(r->sink.diagnostics()[0].message.size() < 600);
  CHECK(r->sink.diagnostics()[0].notes.size() <= 8);
}

TEST_CASE("a chain of 10,000 sets needs no deep stack") {
  std::string text = "fact e : enum { x, y }\ntarget t\nset s0 = <x>\n";
  for (int i = 1; i < 10'000; ++i) {
    text += "set s" + std::to_string(i) + " = s" + std::to_string(i - 1) + " | <x>\n";
  }
  const auto r = resolve_text(text + "t when e in s9999\nt otherwise\n");
  REQUIRE(r->model);
  CHECK(holds(*r->model, r->model->rows[0].formula, std::vector<std::int64_t>{0}));
  CHECK_FALSE(holds(*r->model, r->model->rows[0].formula, std::vector<std::int64_t>{1}));
}

TEST_CASE("20,000 rules resolve") {
  const auto r = resolve_text(one_line_rules(20'000));
  REQUIRE(r->model);
  CHECK(r->model->rows.size() == 20'000);
}

TEST_CASE("1,000 conjunctive rules over 40 facts resolve") {
  Random random(1);
  const auto r = resolve_text(conjunctive_policy(random));
  REQUIRE(r->model);
  CHECK(r->model->rows.size() == 1000);
  CHECK(r->model->declared_facts == 40);
}

}  // namespace
}  // namespace switchyard::testing
