#include <catch2/catch.hpp>

#include "tests/sema/resolved.h"

namespace switchyard::testing {
namespace {

std::string when(const std::string& condition) {
  return resolve_lines("fast when " + condition)->codes();
}

TEST_CASE("conditions of every type resolve") {
  check_all(when, {
                      {"a and not b or c == true", "SY0213"},
                      {"(a and not b) or a == b or c != false", ""},
                      {"e == x and e != y and e in <x, z> and e not in <y>", ""},
                      {"e == g or e != g", ""},
                      {"n == p or n == other or n in <q, other>", ""},
                      {"i == 3 or i < 5 or i in 1 .. 4 or i in <1, 3 .. 5> or i % 8 == 0", ""},
                      {"v >= 7 and v != 7.1 and v < 9.5.3 and v in 6.1 .. 7", ""},
                      {"s has ck and s has any <ck, hip> and s has all <> and s == <ck>", ""},
                      {"w == on or w != off or w in <unset>", ""},
                      {"true implies false", ""},
                      {"can fast", ""},
                  });
}

TEST_CASE("errors in conditions") {
  check_all(when, {
                      {"aa and bb", "SY0201 SY0201"},
                      {"fast", "SY0201"},
                      {"e == xx", "SY0204"},
                      {"n == r", "SY0204"},
                      {"e == 3", "SY0206"},
                      {"i == x", "SY0201"},
                      {"i == a", "SY0206"},
                      {"a == e", "SY0206"},
                      {"a == 1", "SY0206"},
                      {"i == 1.2", "SY0206"},
                      {"e == \"xx\"", "SY0204"},
                      {"e", "SY0207"},
                      {"s", "SY0207"},
                      {"w", "SY0208"},
                      {"e < x", "SY0209"},
                      {"a >= true", "SY0209"},
                      {"n == m", "SY0210"},
                      {"i == j", "SY0211"},
                      {"i < j", "SY0211"},
                      {"e == h", "SY0253"},
                      {"i % 0 == 0", "SY0225"},
                      {"e has x", "SY0226"},
                      {"e % 2 == 0", "SY0227"},
                      {"s in <ck>", "SY0228"},
                      {"s == ck", "SY0228"},
                      {"s has cuda", "SY0204"},
                      {"s has any <cuda>", "SY0204"},
                      {"e in 1 .. 3", "SY0229"},
                      {"i in 4 .. 3", "SY0214"},
                      {"e == <x>", "SY0251"},
                      {"e in nosuch", "SY0201"},
                      {"can nosuch", "SY0201"},
                      {"v >= 70000", "SY0248"},
                      {"nosuch.family == x", "SY0201"},
                      {"a.family == x", "SY0249"},
                  });
}

TEST_CASE("warnings in conditions") {
  check_all(when, {
                      {"i == 65", "SY0212"},
                      {"i <= 100", "SY0212"},
                      {"v == 9.99.1", "SY0212"},
                      {"i in 1 .. 65", "SY0212"},
                      {"i % 4 == 4", "SY0252"},
                  });
}

TEST_CASE("fixes") {
  CHECK(resolve_lines("fast when e == X")->findings().find("[x]") != std::string::npos);
  CHECK(resolve_lines("fast when w and a")->fixed().find("fast when w == on and a") !=
        std::string::npos);
  CHECK(resolve_lines("fast when a and b or c")->fixed().find("fast when (a and b) or c") !=
        std::string::npos);
  CHECK(resolve_lines("fast when e == <x>")->fixed().find("fast when e in <x>") !=
        std::string::npos);
  CHECK(resolve_lines("fast when e in x")->fixed().find("fast when e in <x>") != std::string::npos);
  CHECK(resolve_lines("fast when fast")->findings().find("[can fast]") != std::string::npos);
}

TEST_CASE("did you mean, for every kind of name") {
  const auto meant = [](const std::string& lines, const std::string& name) {
    const auto r = resolve_lines(lines);
    INFO(r->findings());
    REQUIRE(r->sink.diagnostics().size() == 1);
    REQUIRE(r->sink.diagnostics()[0].fixes.size() >= 1);
    CHECK(r->sink.diagnostics()[0].fixes.back().edits[0].replacement == name);
  };
  meant("fact tokens : bool fast when tokns", "tokens");
  meant("let ready = a fast when raedy", "ready");
  meant("set big = <x> fast when e in bgi", "big");
  meant("target emulated emulatd when a", "emulated");
  meant("target k(block : int 1 .. 4 = 1) k(blokc = 2) when a", "block");
  meant("fact mode : enum { eager, graph } fast when mode == eagr", "eager");
  meant("fact be : flags { triton } fast when be has triton_", "triton");
  meant("decision first { target t1 { family = q } t1 otherwise } fast when frist == t1", "first");
  meant("decision first { target t1 { family = q } t1 otherwise } fast when first.famly == q",
        "family");
  meant("decision first { target tone { family = q } tone otherwise } fast when first == tonne",
        "tone");
  meant("target k { family = aiter } guarantee gg: a implies target.family == aitr", "aiter");
  meant("target k { family = aiter } guarantee gg: a implies target.famly == aiter", "family");
  meant("fact tokens : bool guarantee gg: tokns matters", "tokens");
  meant("fact tokens : bool example { tokns } -> fast", "tokens");
  meant("guarantee gg: a implies fastt", "fast");
}

TEST_CASE("a symbol that is also a comparable fact's name asks for quotes") {
  const std::string facts = "fact aa : enum { bb, cc } fact bb : enum { cc, bb } fact cc : bool\n";
  const auto r = resolve_lines(facts + "fast when aa == bb");
  REQUIRE(r->codes() == "SY0205");
  CHECK(r->fixed().find("aa == \"bb\"") != std::string::npos);
  CHECK(resolve_lines(facts + "fast when aa == \"bb\"")->codes() == "");
  CHECK(resolve_lines(facts + "fast when aa == cc")->codes() == "");  // a bool: no ambiguity
}

}  // namespace
}  // namespace switchyard::testing
