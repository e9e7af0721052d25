// What a running engine's struct of facts can mean to another table.
#include <catch2/catch.hpp>

#include <span>

#include "runtime/store/same_schema.h"
#include "tests/store/live_policies.h"

namespace switchyard::testing {
namespace {

Table with_facts(const std::string& facts) {
  const std::string bytes = compile("policy p\n" + facts + "target t\nt otherwise\n");
  auto table = Table::from_bytes(std::as_bytes(std::span(bytes)));
  REQUIRE(table);
  return std::move(*table);
}

// Empty when a table with the facts `is` may follow one with `was`.
std::string follows(const std::string& was, const std::string& is) {
  const auto same = same_schema(with_facts(was), with_facts(is));
  return same ? "" : same.error().message.substr(0, same.error().message.find(';'));
}

}  // namespace

TEST_CASE("a domain may grow where codes keep their meaning") {
  CHECK(follows("fact a : bool\n", "fact a : bool \"documented\"\n") == "");
  CHECK(follows("fact a : int 1 .. 8\n", "fact a : int 0 .. 9\n") == "");
  CHECK(follows("fact a : enum { x, y }\n", "fact a : enum { x, y, z }\n") == "");
  CHECK(follows("fact a : flags { x }\n", "fact a : flags { x, y }\n") == "");
  CHECK(follows("fact a : version 6.0 .. 7.0\n", "fact a : version 5.0 .. 8.0\n") == "");
  CHECK(follows("fact a : bool = true from env \"A\"\n",
                "fact a : bool = true from env \"A\" replaces env \"B\"\n") == "");
}

TEST_CASE("everything else is another schema, and said as it is") {
  const auto what = [](const std::string& was, const std::string& is) { return follows(was, is); };
  CHECK(what("fact a : bool\n", "fact b : bool\n") == "another schema: fact 1 was `a`, is `b`");
  CHECK(what("fact a : bool\nfact b : bool\n", "fact a : bool\n") ==
        "another schema: fact `b` is gone");
  CHECK(what("fact a : bool\n", "fact a : bool\nfact b : bool\n") ==
        "another schema: fact `b` is new");
  CHECK(what("fact a : bool\n", "fact a : int 0 .. 1\n") ==
        "another schema: fact `a` was bool, is int");
  CHECK(what("fact a : int 1 .. 8\n", "fact a : int 1 .. 7\n") ==
        "another schema: fact `a` was 1 .. 8, is 1 .. 7");
  CHECK(what("fact a : int 1 .. 8\n", "fact a : int 1 .. 5_000_000_000\n") ==
        "another schema: fact `a` was 4 bytes at 0 of the struct, is 8 at 0");
  CHECK(what("fact a : enum { x, y }\n", "fact a : enum { y, x }\n") ==
        "another schema: fact `a` was { x, y }, is { y, x }");
  CHECK(what("fact a : name { x }\n", "fact a : name { x, y }\n") ==
        "another schema: fact `a` was { x }, is { x, y }");
  CHECK(what("fact a : bool = true\n", "fact a : bool\n") ==
        "another schema: fact `a` had the default true, has no default");
  CHECK(what("fact a : bool = true from env \"A\"\n", "fact a : bool = true from env \"B\"\n") ==
        "another schema: fact `a` was from env \"A\", is from env \"B\"");
}

}  // namespace switchyard::testing
