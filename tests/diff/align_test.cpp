// Facts and domains that are not the same in both policies.
#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "compiler/sema/resolve.h"
#include "tests/diff/compared.h"

namespace switchyard::testing {
namespace {

std::string differences(const std::string& before, const std::string& after) {
  const auto both = compared(before, after);
  return described(*both, diff::compare(both->pair, both->partition, {}));
}

std::string policy(const std::string& fact, const std::string& when) {
  return fmt::format("{} target fast target slow fast when {} slow otherwise", fact, when);
}

// "kind fact: before / after", the codes spelled.
std::string changes(const std::string& before, const std::string& after) {
  static const char* const kinds[] = {"removed", "added", "type", "domain", "default"};
  const auto both = compared(before, after);
  std::string text;
  for (const diff::FactChange& change : both->pair.changes) {
    const Fact& fact = both->pair.new_model.facts[change.fact];
    const auto spelled = [&](const std::vector<Interval>& codes) {
      std::string list;
      for (const Interval& run : codes) {
        list += fmt::format(" {}", spell(fact, run.low));
        if (run.low != run.high) list += fmt::format("..{}", spell(fact, run.high));
      }
      return list;
    };
    text += fmt::format("{} {}:{} /{}\n", kinds[static_cast<int>(change.kind)], fact.name,
                        spelled(change.only_old), spelled(change.only_new));
  }
  return text;
}

TEST_CASE("a fact that one policy lacks is irrelevant to it") {
  const std::string before = policy("fact a : bool", "a");
  const std::string after = policy("fact a : bool fact b : bool", "a and b");
  CHECK(differences(before, after) == "1 fast -> slow [a, not b]\n");
  CHECK(differences(after, before) == "1 slow -> fast [a, not b]\n");
  CHECK(changes(before, after) == "added b: /\n");
  CHECK(changes(after, before) == "removed b: /\n");
  CHECK(differences(before, policy("fact a : bool fact b : bool", "a")) == "");
}

TEST_CASE("the order of facts and symbols does not matter") {
  const std::string before = policy("fact e : enum { x, y, z } fact s : flags { p, q, r }",
                                    "e == x or s == <p, q> or s has all <q, r>");
  const std::string after = policy("fact s : flags { r, p, q } fact e : enum { z, x, y }",
                                   "e == x or s == <p, q> or s has all <q, r>");
  CHECK(differences(before, after) == "");
  CHECK(changes(before, after) == "");
}

TEST_CASE("a value that one policy does not list is excluded there") {
  const std::string before = policy("fact e : enum { x, y }", "e == x");
  const std::string after = policy("fact e : enum { y, z, x }", "e == x");
  CHECK(differences(before, after) == "1 excluded -> slow [e == z]\n");
  CHECK(changes(before, after) == "domain e: / z\n");
  CHECK(differences(policy("fact i : int 1 .. 8", "i >= 5"), policy("fact i : int 0 .. 10", "i >= 5")) ==
        "2 excluded -> fast [i >= 9]\n1 excluded -> slow [i == 0]\n");
  CHECK(changes(policy("fact i : int 1 .. 8", "i >= 5"), policy("fact i : int 3 .. 10", "i >= 5")) ==
        "domain i: 1..2 / 9..10\n");
  CHECK(differences(policy("fact s : flags { p }", "s has p"),
                    policy("fact s : flags { q, p }", "s has p")) ==
        "1 excluded -> fast [s == <p, q>]\n1 excluded -> slow [s == <q>]\n");
  CHECK(differences(policy("fact v : version 6.0 .. 7.0", "v >= 6.5"),
                    policy("fact v : version 6.0 .. 6.9", "v >= 6.5")) ==
        "4294377472 fast -> excluded [v >= 6.9.1]\n");
}

TEST_CASE("a name that one policy does not list is its `other`") {
  const std::string before = policy("fact n : name { x }", "n == x");
  CHECK(differences(before, policy("fact n : name { y, x }", "n == x")) == "");
  CHECK(differences(before, policy("fact n : name { y, x }", "n in <x, y>")) ==
        "1 slow -> fast [n == y]\n");
  CHECK(differences(policy("fact n : name { x }", "n == other"),
                    policy("fact n : name { y, x }", "n in <other, y>")) == "");
  CHECK(changes(before, policy("fact n : name { y, x }", "n == x")) == "domain n: / y\n");
}

TEST_CASE("an enum and a name unite") {
  const std::string before = policy("fact n : enum { x, y }", "n == x");
  const std::string after = policy("fact n : name { x }", "n == x");
  CHECK(differences(before, after) == "1 excluded -> slow [n == other]\n");
  CHECK(differences(after, before) == "1 slow -> excluded [n == other]\n");
  CHECK(changes(before, after) == "type n: /\ndomain n: y / other\n");
  // An enum may list what a name means by `other`.
  CHECK(differences(policy("fact n : enum { x, other }", "n == x"), after) == "");
}

TEST_CASE("defaults are no part of the function") {
  const std::string before = policy("fact a : bool = true", "a");
  CHECK(differences(before, policy("fact a : bool = false", "a")) == "");
  CHECK(changes(before, policy("fact a : bool = false", "a")) == "default a: /\n");
  CHECK(changes(before, policy("fact a : bool", "a")) == "default a: /\n");
  // The same symbol is the same default wherever it stands.
  CHECK(changes(policy("fact e : enum { x, y } = y", "e == x"),
                policy("fact e : enum { y, x } = y", "e == x")) == "");
}

TEST_CASE("a range that reaches the end of a domain grows with it") {
  const auto both = compared(policy("fact i : int 1 .. 8", "i >= 5"),
                             policy("fact i : int 1 .. 10", "i >= 5"));
  CHECK(both->pair.old_model.rows[0].formula == both->pair.new_model.rows[0].formula);
  REQUIRE(both->pair.old_outside.size() == 1);
  CHECK(both->pair.new_outside.empty());
}

TEST_CASE("decisions with equal targets are shared, others stand alone") {
  const std::string rest = "fact a : bool target fast target slow ";
  const std::string use = " fast when d == p slow otherwise";
  const auto same = compared(rest + "decision d { target p target q p when a q otherwise }" + use,
                             rest + "decision d { target p target q q when a p otherwise }" + use);
  CHECK(same->pair.old_model.facts.size() == 2);
  const auto other = compared(rest + "decision d { target p target q p when a q otherwise }" + use,
                              rest + "decision d { target p p otherwise }" + use);
  CHECK(other->pair.old_model.facts.size() == 3);
  CHECK(described(*other, diff::compare(other->pair, other->partition, {})) ==
        "1 slow -> fast [not a]\n");
}

TEST_CASE("declarations that cannot be united are named") {
  const auto conflicts = [](const std::string& before, const std::string& after) {
    const auto pair = diff::align(model_of(policy(before, "true")), model_of(policy(after, "true")));
    std::string text;
    if (pair) return text;
    for (const diff::Conflict& conflict : pair.error()) text += conflict.message + "\n";
    return text;
  };
  CHECK(conflicts("fact a : bool fact b : int 0 .. 3", "fact b : version 1.0 .. 2.0 fact a : switch") ==
        "fact `a` is a bool in the old policy and a switch in the new one, so its values cannot be "
        "compared\n"
        "fact `b` is an int in the old policy and a version in the new one, so its values cannot be "
        "compared\n");
  CHECK(conflicts("fact s : flags { a0, a1, a2, a3, a4, a5, a6, a7, a8 }",
                  "fact s : flags { b0, b1, b2, b3, b4, b5, b6, b7, b8 }") ==
        "flags `s` have 18 symbols in the two policies together, and a fact may have 16\n");
}

}  // namespace
}  // namespace switchyard::testing
