// Nesting has a limit, length has none below the file's.

#include <catch2/catch.hpp>
#include <string>

#include "tests/parse/corpus.h"

namespace switchyard {
namespace {

std::string repeat(const std::string& text, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += text;
  return out;
}

std::string findings(const std::string& text) { return Parsed(text).findings(); }

TEST_CASE("256 deep is allowed, 257 is not") {
  const auto parentheses = [](int n) { return "let a = " + repeat("(", n) + "x" + repeat(")", n); };
  const auto nots = [](int n) { return "let a = " + repeat("not ", n) + "x"; };
  const auto chain = [](int n) { return "let a = " + repeat("x implies ", n) + "x"; };
  const auto mixed = [](int n) {
    return "let a = " + repeat("not (", 100) + repeat("x implies ", n - 200) + "x" +
           repeat(")", 100);
  };
  const auto sets = [](int n) { return "set a = " + repeat("(", n) + "x" + repeat(")", n); };
  const auto unions = [](int n) { return "set a = " + repeat("x | ", n) + "x"; };
  const auto differences = [](int n) { return "set a = " + repeat("x - ", n) + "x"; };
  for (const auto& make : {+parentheses, +nots, +chain, +mixed, +sets, +unions, +differences}) {
    INFO(make(256).substr(0, 40));
    CHECK(findings(make(256)) == "");
    CHECK(findings(make(257)) == "SY0401@1");
    CHECK(findings(make(10000)) == "SY0401@1");
  }
}

TEST_CASE("what looks deep and is not") {
  CHECK(findings("let a = " + repeat("(x) and ", 5000) + "x") == "");
  CHECK(findings("let a = " + repeat("not x or ", 5000) + "x") == "");
  CHECK(findings(repeat("let a = not x\n", 1000)) == "");
  CHECK(findings(repeat("let a = x implies y\n", 1000)) == "");
  CHECK(findings("let a = " + repeat("x not in s and ", 1000) + "x") == "");
}

TEST_CASE("unbalanced brackets in any number are an error, not a crash") {
  for (const char* bracket : {"(", ")", "{", "}", "<", ">", "let a = (", "decision d {", "not "}) {
    INFO(bracket);
    CHECK(findings("policy p\n" + repeat(bracket, 100000)) != "");
  }
}

TEST_CASE("a line may be as long as the file") {
  const Parsed parsed("let a = " + repeat("x and ", 100000) + "x\nlet b = y");
  CHECK(parsed.findings() == "");
  REQUIRE(parsed.policy.files.front().items.size() == 2);
  const auto& let = std::get<ast::Let>(parsed.policy.files.front().items.front().node);
  CHECK(std::get<ast::Condition::And>(let.condition->node).operands.size() == 100001);
}

TEST_CASE("the count of errors in a file is limited") {
  const Parsed parsed(repeat("let a = b c\n", 5000));
  CHECK(parsed.sink.error_count() == 101);
  CHECK(std::string(parsed.sink.diagnostics().back().info->code) == "SY0402");
}

}  // namespace
}  // namespace switchyard
