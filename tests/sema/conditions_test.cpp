#include <catch2/catch.hpp>

#include "tests/sema/resolved.h"

namespace switchyard::testing {
namespace {

std::string when(const std::string& condition) {
  return resolve_lines("fast when " + condition)->codes();
}

TEST_CASE("conditions of every type resolve") {
  CHECK(when("a and not b or c == true") == "SY0213");
  CHECK(when("(a and not b) or a == b or c != false") == "");
  CHECK(when("e == x and e != y and e in <x, z> and e not in <y>") == "");
  CHECK(when("e == g or e != g") == "");
  CHECK(when("n == p or n == other or n in <q, other>") == "");
  CHECK(when("i == 3 or i < 5 or i in 1 .. 4 or i in <1, 3 .. 5> or i % 8 == 0") == "");
  CHECK(when("v >= 7 and v != 7.1 and v < 9.5.3 and v in 6.1 .. 7") == "");
  CHECK(when("s has ck and s has any <ck, hip> and s has all <> and s == <ck>") == "");
  CHECK(when("w == on or w != off or w in <unset>") == "");
  CHECK(when("true implies false") == "");
  CHECK(when("can fast") == "");
}

TEST_CASE("errors in conditions") {
  CHECK(when("aa and bb") == "SY0201 SY0201");
  CHECK(when("fast") == "SY0201");
  CHECK(when("e == xx") == "SY0204");
  CHECK(when("n == r") == "SY0204");
  CHECK(when("e == 3") == "SY0206");
  CHECK(when("i == x") == "SY0201");
  CHECK(when("i == a") == "SY0206");
  CHECK(when("a == e") == "SY0206");
  CHECK(when("a == 1") == "SY0206");
  CHECK(when("i == 1.2") == "SY0206");
  CHECK(when("e == \"xx\"") == "SY0204");
  CHECK(when("e") == "SY0207");
  CHECK(when("s") == "SY0207");
  CHECK(when("w") == "SY0208");
  CHECK(when("e < x") == "SY0209");
  CHECK(when("a >= true") == "SY0209");
  CHECK(when("n == m") == "SY0210");
  CHECK(when("i == j") == "SY0211");
  CHECK(when("i < j") == "SY0211");
  CHECK(when("e == h") == "SY0253");
  CHECK(when("i % 0 == 0") == "SY0225");
  CHECK(when("e has x") == "SY0226");
  CHECK(when("e % 2 == 0") == "SY0227");
  CHECK(when("s in <ck>") == "SY0228");
  CHECK(when("s == ck") == "SY0228");
  CHECK(when("s has cuda") == "SY0204");
  CHECK(when("s has any <cuda>") == "SY0204");
  CHECK(when("e in 1 .. 3") == "SY0229");
  CHECK(when("i in 4 .. 3") == "SY0214");
  CHECK(when("e == <x>") == "SY0251");
  CHECK(when("e in nosuch") == "SY0201");
  CHECK(when("can nosuch") == "SY0201");
  CHECK(when("v >= 70000") == "SY0248");
  CHECK(when("nosuch.family == x") == "SY0201");
  CHECK(when("a.family == x") == "SY0249");
}

TEST_CASE("warnings in conditions") {
  CHECK(when("i == 65") == "SY0212");
  CHECK(when("i <= 100") == "SY0212");
  CHECK(when("v == 9.99.1") == "SY0212");
  CHECK(when("i in 1 .. 65") == "SY0212");
  CHECK(when("i % 4 == 4") == "SY0252");
}

TEST_CASE("fixes") {
  CHECK(resolve_lines("fast when e == X")->findings().find("[x]") != std::string::npos);
  CHECK(resolve_lines("fast when w and a")->fixed().find("fast when w == on and a") !=
        std::string::npos);
  CHECK(resolve_lines("fast when a and b or c")->fixed().find("fast when (a and b) or c") !=
        std::string::npos);
  CHECK(resolve_lines("fast when e == <x>")->fixed().find("fast when e in <x>") !=
        std::string::npos);
  CHECK(resolve_lines("fast when e in x")->fixed().find("fast when e in <x>") !=
        std::string::npos);
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
  const std::string facts =
      "fact aa : enum { bb, cc } fact bb : enum { cc, bb } fact cc : bool\n";
  const auto r = resolve_lines(facts + "fast when aa == bb");
  REQUIRE(r->codes() == "SY0205");
  CHECK(r->fixed().find("aa == \"bb\"") != std::string::npos);
  CHECK(resolve_lines(facts + "fast when aa == \"bb\"")->codes() == "");
  CHECK(resolve_lines(facts + "fast when aa == cc")->codes() == "");  // a bool: no ambiguity
}

}  // namespace
}  // namespace switchyard::testing
