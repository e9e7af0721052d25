#include <catch2/catch.hpp>

#include "tests/sema/resolved.h"

namespace switchyard::testing {
namespace {

std::string codes(const std::string& lines) { return resolve_lines(lines)->codes(); }

TEST_CASE("parameters and attributes") {
  const std::string k = "target k(bm : int 16 .. 256 = 64, mode : enum { eager, graph } = eager)\n";
  check_all(codes, {
                       {k + "k(bm = 32, mode = graph) when a", ""},
                       {k + "k(bm = 8) when a", "SY0233"},
                       {k + "k(mode = lazy) when a", "SY0204"},
                       {k + "k(bm = graph) when a", "SY0206"},
                       {k + "k(bm = 32, bm = 32) when a", "SY0234"},
                       {k + "k(split = 32) when a", "SY0201"},
                       {"target k(bm : int 16 .. 256)", "SY0232"},
                       {"target k(bm : int 16 .. 256 = 1)", "SY0233"},
                       {"target k(bm : int 9 .. 1 = 1)", "SY0214"},
                       {"target k(m : enum { q, q } = q)", "SY0215"},
                       {"target k { family = q, family = r }", "SY0256"},
                       {"target fast", "SY0202"},
                   });
}

TEST_CASE("requires lines name the target's own parameters") {
  const std::string k = "target k(bm : int 1 .. 64 = 4, mode : enum { x, y, q } = q)\n";
  check_all(codes,
            {
                {k + "k requires i >= bm and bm in <1, 2 .. 8> and mode == q and bm % 2 == 0", ""},
                {k + "k requires bm <= i and (e == mode or mode == e)", ""},
                {k + "k requires mode == zz", "SY0204"},
                {k + "k requires e == bm", "SY0206"},
                {k + "fast when i >= bm", "SY0201"},
                {"nosuch requires a", "SY0201"},
                {"target k(a : int 1 .. 2 = 1) k requires a == 1", "SY0250"},
            });
}

TEST_CASE("each use of a target has its own requirements") {
  const auto r = resolve_lines(
      "target k(bm : int 1 .. 64 = 4)\nk requires i >= bm because \"small\"\nk requires a\n"
      "first of k(bm = 8), k, fast when b\nonly k(bm = 16) when c");
  INFO(r->findings());
  REQUIRE(r->model);
  const Model& model = *r->model;
  REQUIRE(model.rules.size() == 3);
  REQUIRE(model.rows.size() == 6);  // three entries, one and its refusal, `otherwise`
  CHECK(model.rules[0].entries[0].requirements.size() == 2);
  CHECK(model.rules[0].entries[0].requirements[0].because == "small");
  CHECK(model.rules[0].entries[0].able != model.rules[0].entries[1].able);
  CHECK(model.rules[0].entries[2].able == kTrue);
  CHECK(model.rows[3].formula == r->model->rows[model.rules[1].entries[0].row].formula);
  CHECK(model.outcomes[model.rows[4].outcome].refused);
  CHECK(model.rows[4].entry == Row::kNoEntry);
  CHECK(model.rows[4].formula == model.rules[1].when.formula);
}

TEST_CASE("a mistake in requires is reported once, however often the target is used") {
  CHECK(codes("target k(bm : int 1 .. 64 = 4)\nk requires nosuch\nk(bm = 1) when a\n"
              "k(bm = 2) when b and can k") == "SY0201");
  CHECK(codes("target k(bm : int 1 .. 64 = 4)\nk requires i <= 100\nk(bm = 1) when a\n"
              "k(bm = 2) when b") == "SY0212");
}

TEST_CASE("targets belong to their block") {
  check_all(codes, {
                       {"decision d { target t t when a fast otherwise }", "SY0235"},
                       {"decision d { target t t otherwise } t when a", "SY0235"},
                       {"decision d { refuse when a because \"no\" }", "SY0236"},
                       {"decision d { target t }", "SY0237"},
                       {"decision a { target t t otherwise }", "SY0202"},
                       {"decision target { target t t otherwise }", "SY0247"},
                   });
}

TEST_CASE("faster chains") {
  check_all(codes, {
                       {"faster fast over slow", ""},
                       {"faster fast over slow\nfaster slow over fast", "SY0238"},
                       {"faster fast over fast", "SY0238"},
                       {"faster fast over nosuch", "SY0201"},
                       {"decision d { target t t otherwise } faster fast over t", "SY0239"},
                   });
}

TEST_CASE("a policy needs rules, and one name") {
  CHECK(resolve_text("fact a : bool\n")->codes() == "SY0237");
  CHECK(resolve_text("policy p\npolicy q\ntarget t\nt otherwise\n")->codes() == "SY0245");
  const auto named = resolve_text("policy p\ntarget t\nt otherwise\n");
  REQUIRE(named->model);
  CHECK(named->model->name == "p");
  const auto unnamed = resolve_text("target t\nt otherwise\n");
  REQUIRE(unnamed->model);
  CHECK(unnamed->model->name == "test");
}

}  // namespace
}  // namespace switchyard::testing
