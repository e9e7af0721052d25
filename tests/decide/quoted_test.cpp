#include <fmt/format.h>

#include <set>

#include "runtime/decide/fact_value.h"
#include "tests/decide/sample.h"
#include "tests/random/random_policy.h"

namespace switchyard::testing {
namespace {

const char* const kQuoted = R"(policy quoted
fact e : enum { plain, "a\"b", "a,b", "a\\b", "line\nbreak", "tab\there", " spaces ", "<x>", "\"" }
fact n : name { "say \"hi\"", "x,y" }
fact f : flags { ck, "a,b", "c\"d", "e\\", ">", " g", "\"h\"" }
target t
t otherwise
)";

std::int64_t code(const Table& table, const std::string& fact, const std::string& text) {
  const auto found = code_of_text(table.facts()[*table.fact_index(fact)], text);
  if (!found) FAIL(text << ": " << found.error().message);
  return *found;
}

std::string error(const Table& table, const std::string& fact, const std::string& text) {
  const auto found = code_of_text(table.facts()[*table.fact_index(fact)], text);
  if (found) FAIL(text << " is taken");
  return found.error().message;
}

}  // namespace

TEST_CASE("quoted symbols are given as a policy writes them, escapes included") {
  const Table table = open_policy(kQuoted);
  CHECK(code(table, "e", "plain") == 0);
  CHECK(code(table, "e", R"( "plain" )") == 0);
  CHECK(code(table, "e", R"("pl\ain")") == 0);
  CHECK(code(table, "e", R"("a\"b")") == 1);
  CHECK(code(table, "e", R"(a"b)") == 1);
  CHECK(code(table, "e", R"("a,b")") == 2);
  CHECK(code(table, "e", R"(a,b)") == 2);
  CHECK(code(table, "e", R"("a\\b")") == 3);
  CHECK(code(table, "e", R"(a\b)") == 3);
  CHECK(code(table, "e", R"("line\nbreak")") == 4);
  CHECK(code(table, "e", "line\nbreak") == 4);
  CHECK(code(table, "e", R"("tab\there")") == 5);
  CHECK(code(table, "e", R"(" spaces ")") == 6);
  CHECK(code(table, "e", R"("\"")") == 8);
  CHECK(code(table, "n", R"("say \"hi\"")") == 0);
  CHECK(code(table, "n", R"(say "hi")") == 0);
  CHECK(code(table, "n", R"("say \"ho\"")") == 2);
}

TEST_CASE("a list of flags takes quoted symbols with commas, quotes and brackets") {
  const Table table = open_policy(kQuoted);
  CHECK(code(table, "f", R"(<"a,b">)") == 2);
  CHECK(code(table, "f", R"(< ck , "a,b","c\"d" >)") == 7);
  CHECK(code(table, "f", R"("a,b", ck)") == 3);
  CHECK(code(table, "f", R"(<"e\\", ">">)") == 24);
  CHECK(code(table, "f", R"(<" g", "\"h\"">)") == 96);
  CHECK(code(table, "f", R"(c"d)") == 4);
  CHECK(code(table, "f", "<>") == 0);
  CHECK(error(table, "f", R"(<"a,b>)").find("one quoted text") != std::string::npos);
  CHECK(error(table, "f", R"(<"a,b" ck>)").find("one quoted text") != std::string::npos);
  CHECK(error(table, "f", "<a,b>").find("`a`") != std::string::npos);
}

TEST_CASE("a text that begins with a quote and does not end with one is an error, not a name") {
  const Table table = open_policy(kQuoted);
  for (const char* const text : {R"(")", R"("x)", R"("x\")", R"("x"y)", R"("x" "y")", R"("\)"}) {
    for (const char* const fact : {"e", "n"}) {
      INFO(text);
      CHECK(error(table, fact, text).find("must be one quoted text") != std::string::npos);
      CHECK(error(table, fact, text).find(std::string("fact `") + fact) != std::string::npos);
    }
  }
}

TEST_CASE("what a value is spelled as is read as that value") {
  const std::uint64_t seed = policy_seed();
  INFO("SWITCHYARD_SEED=" << seed);
  Random random(seed);
  const std::string characters = "ab\"\\,<> \n\t'=+#";
  for (int round = 0; round < 200; ++round) {
    std::set<std::string> symbols;
    while (symbols.size() < 6) {
      std::string symbol;
      for (std::size_t i = 1 + random() % 5; i > 0; --i) {
        symbol += characters[random() % characters.size()];
      }
      symbols.insert(symbol);
    }
    FactInfo fact;
    fact.name = "x";
    fact.symbols.assign(symbols.begin(), symbols.end());
    for (const auto& [kind, high] :
         {std::pair(FactInfo::Kind::kEnum, 5), std::pair(FactInfo::Kind::kName, 6),
          std::pair(FactInfo::Kind::kFlags, 63)}) {
      fact.kind = kind;
      fact.high = high;
      for (std::int64_t code = 0; code <= high; ++code) {
        const std::string text = spell(fact, code);
        const auto read = code_of_text(fact, text);
        INFO(text);
        REQUIRE(read.has_value());
        REQUIRE(*read == code);
        CHECK(text.find('\n') == std::string::npos);
      }
    }
  }
}

}  // namespace switchyard::testing
