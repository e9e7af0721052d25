#include <catch2/catch.hpp>

#include "compiler/sema/resolve.h"
#include "tests/sema/resolved.h"

namespace switchyard::testing {
namespace {

// What one more fact reports.
std::string fact(const std::string& text) { return resolve_lines("fact " + text)->codes(); }

TEST_CASE("facts have codes, defaults and sources") {
  const auto r = resolve_text(
      "fact a : bool = true from env \"A\" replaces env \"OLD\" \"doc\"\n"
      "fact e : enum { x, \"y z\" } = \"y z\"\n fact n : name { p } = other\n"
      "fact i : int -3 .. 2K = -1\n fact v : version 6.0 .. 9.99 = 7\n"
      "fact s : flags { ck, hip } = <hip>\n fact w : switch from env \"W\"\n"
      "fact d : bool from device mx\ntarget t\nt otherwise\n");
  INFO(r->findings());
  REQUIRE(r->model);
  const auto& facts = r->model->facts;
  CHECK(facts[0].default_code == 1);
  CHECK(facts[0].source == Fact::Source::kEnv);
  CHECK(facts[0].source_key == "A");
  CHECK(facts[0].replaces == "OLD");
  CHECK(facts[0].doc == "doc");
  CHECK(facts[1].default_code == 1);
  CHECK(facts[2].default_code == 1);
  CHECK(facts[2].high == 1);
  CHECK(facts[3].low == -3);
  CHECK(facts[3].high == 2048);
  CHECK(facts[4].low == std::int64_t{6} << 32);
  CHECK(facts[4].default_code == std::int64_t{7} << 32);
  CHECK(facts[5].high == 3);
  CHECK(facts[5].default_code == 2);
  CHECK(facts[6].high == 2);
  CHECK(facts[7].source == Fact::Source::kDevice);
  CHECK(spell(facts[0], 1) == "true");
  CHECK(spell(facts[1], 1) == "\"y z\"");
  CHECK(spell(facts[2], 1) == "other");
  CHECK(spell(facts[3], -3) == "-3");
  CHECK(spell(facts[4], (std::int64_t{6} << 32) | 5) == "6.0.5");
  CHECK(spell(facts[5], 3) == "<ck, hip>");
  CHECK(spell(facts[6], 0) == "unset");
}

TEST_CASE("errors in facts") {
  check_all(fact, {
                      {"a : bool", "SY0202"},
                      {"k : enum { x, x }", "SY0215"},
                      {"k : name { p, other }", "SY0216"},
                      {"k : flags { a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q }", "SY0218"},
                      {"k : flags { a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p }", ""},
                      {"k : int 5 .. 4", "SY0214"},
                      {"k : version 2.0 .. 1.0", "SY0214"},
                      {"k : int 1 .. 4 = 9", "SY0219"},
                      {"k : int 1 .. 4 = x", "SY0206"},
                      {"k : enum { x } = zz", "SY0204"},
                      {"k : bool = 1", "SY0206"},
                      {"k : switch = on", "SY0220"},
                      {"k : bool from env \"K\"", "SY0221"},
                      {"k : flags { a } from env \"K\"", "SY0222"},
                      {"k : bool replaces env \"K\"", "SY0223"},
                      {"k : switch from env \"A=B\"", "SY0224"},
                      {"k : switch from env \"K\" replaces env \"K\"", "SY0255"},
                      {"k : flags { a, b } = a", "SY0254"},
                      {"k : enum { a, b } = <a>", "SY0251"},
                      {"k : version 1.0 .. 2.0 = 70000", "SY0248"},
                  });
}

TEST_CASE("a fact that is wrong is reported once, not at its uses") {
  const auto r = resolve_lines("fact k : int 5 .. 4\nfast when k == 3 and nosuch");
  CHECK(r->codes() == "SY0214 SY0201");
}

TEST_CASE("a second declaration points at the first") {
  const auto r = resolve_lines("let a = b");
  REQUIRE(r->codes() == "SY0202");
  const Diagnostic& d = r->sink.diagnostics()[0];
  REQUIRE(d.notes.size() == 2);
  CHECK(d.notes[0].text == "first declared here, as a fact");
  CHECK(r->sources.text(*d.notes[0].span) == "a");
}

}  // namespace
}  // namespace switchyard::testing
