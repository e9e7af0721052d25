#include <catch2/catch.hpp>

#include "tests/sema/resolved.h"

namespace switchyard::testing {
namespace {

std::string codes(const std::string& lines) { return resolve_lines(lines)->codes(); }

TEST_CASE("lets and sets may use what is declared further down") {
  CHECK(codes("fast when l and e in p2\nlet l = k and a\nlet k = b or can fast\n"
              "set p2 = q2 - <x>\nset q2 = <x> | <y, z> & <z>") == "");
}

TEST_CASE("cycles are shown") {
  const auto lets = resolve_lines("let l = k and a\nlet k = not l\nfast when l");
  REQUIRE(lets->codes() == "SY0203");
  CHECK(lets->sink.diagnostics()[0].message == "the let `l` is defined by itself: l -> k -> l");
  CHECK(lets->sink.diagnostics()[0].notes.size() == 2);
  const auto sets = resolve_lines("set p2 = q2\nset q2 = <x> | p2\nfast when e in p2");
  REQUIRE(sets->codes() == "SY0203");
  CHECK(sets->sink.diagnostics()[0].message == "the set `p2` is defined by itself: p2 -> q2 -> p2");
  check_all(codes, {
                       {"let l = can fast\nfast requires l", "SY0203"},
                       {"fast requires can slow\nslow requires can fast", "SY0203"},
                       {"let l = l\nlet k = l\nfast when k", "SY0203"},
                   });
}

TEST_CASE("a name on the right that is a symbol is no use of a let") {
  CHECK(codes("let z = e == z\nfast when z") == "");
}

TEST_CASE("a let with an error is reported once") {
  CHECK(codes("let l = nosuch\nfast when l and l\nslow when l") == "SY0201");
  CHECK(codes("set p2 = <nosuch>\nfast when e in p2\nslow when e in p2") == "SY0204");
}

TEST_CASE("decisions are read only after they are made, and never by assume and requires") {
  const std::string block = "decision d { target t t otherwise }\n";
  check_all(codes, {
                       {block + "fast when d == t", ""},
                       {block + "let l = d == t\nfast when l", ""},
                       {block + "let l = d == t\nassume l", "SY0230"},
                       {block + "assume d == t or a", "SY0230"},
                       {block + "fast requires d == t", "SY0230"},
                       {block + "let l = d == t\nfast requires l", "SY0230"},
                       {"decision d { target t t when d == t t otherwise }", "SY0231"},
                       {"decision d { target t t when f == u t otherwise }\n"
                        "decision f { target u u otherwise }",
                        "SY0231"},
                       {"let l = f == u decision d { target t t when l t otherwise }\n"
                        "decision f { target u u otherwise }",
                        "SY0231"},
                       {"assume can fast", "SY0246"},
                   });
}

TEST_CASE("a bare decision or an unknown attribute is an error") {
  const std::string block = "decision d { target t { family = q } t otherwise }\n";
  check_all(codes, {
                       {block + "fast when d", "SY0207"},
                       {block + "fast when d.kind == q", "SY0241"},
                       {block + "fast when d.family == r", "SY0204"},
                       {block + "fast when d == fast", "SY0204"},
                   });
}

}  // namespace
}  // namespace switchyard::testing
