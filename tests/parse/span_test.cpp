// Every part of the tree knows which bytes it was written with.

#include <catch2/catch.hpp>
#include <string>
#include <variant>

#include "tests/parse/corpus.h"

namespace switchyard {
namespace {

template <typename Node>
const Node& item(const Parsed& parsed, std::size_t index = 0) {
  return std::get<Node>(parsed.policy.files.front().items.at(index).node);
}

TEST_CASE("conditions, without their own parentheses") {
  const Parsed parsed("let a = (x and not y == 3) or z in <1, 2 .. 5>  implies w\n");
  REQUIRE(parsed.findings() == "");
  const auto text = [&](Span span) { return std::string(parsed.sources.text(span)); };
  const ast::Let& let = item<ast::Let>(parsed);
  CHECK(text(let.name.span) == "a");
  CHECK(text(let.condition->span) == "(x and not y == 3) or z in <1, 2 .. 5>  implies w");
  const auto& implies = std::get<ast::Condition::Implies>(let.condition->node);
  CHECK(text(implies.left->span) == "(x and not y == 3) or z in <1, 2 .. 5>");
  CHECK(text(implies.right->span) == "w");
  const auto& either = std::get<ast::Condition::Or>(implies.left->node);
  const ast::Condition& both = *either.operands[0];
  CHECK(text(both.span) == "x and not y == 3");
  CHECK(both.parenthesized);
  const ast::Condition& negation = *std::get<ast::Condition::And>(both.node).operands[1];
  CHECK(text(negation.span) == "not y == 3");
  const auto& compare =
      std::get<ast::Condition::Compare>(std::get<ast::Condition::Not>(negation.node).operand->node);
  CHECK(text(compare.left.span) == "y");
  CHECK(text(compare.op_span) == "==");
  CHECK(text(ast::span_of(std::get<ast::Value>(compare.right))) == "3");
  const auto& in = std::get<ast::Condition::In>(either.operands[1]->node);
  const ast::Set& set = *std::get<ast::SetPtr>(in.right);
  CHECK(text(set.span) == "<1, 2 .. 5>");
  const auto& elements = std::get<ast::Set::Literal>(set.node).elements;
  CHECK(text(std::get<ast::Range>(elements[1]).span) == "2 .. 5");
}

TEST_CASE("items end where their last token ends") {
  const Parsed parsed(
      "fact é_is_in_text : bool \"é\"  # comment\n"
      "fact a : enum { \"日本\", b } = b \"doc\"  # comment\n"
      "decision d { target t  t otherwise }\n"
      "t(m = -1) when a == b because \"x\"\n");
  const auto& items = parsed.policy.files.front().items;
  REQUIRE(items.size() >= 3);
  const auto text = [&](Span span) { return std::string(parsed.sources.text(span)); };
  const auto size = items.size();
  CHECK(text(items[size - 3].span) == "fact a : enum { \"日本\", b } = b \"doc\"");
  CHECK(text(items[size - 2].span) == "decision d { target t  t otherwise }");
  const auto& decision = std::get<ast::Decision>(items[size - 2].node);
  REQUIRE(decision.items.size() == 2);
  CHECK(text(decision.items[1].span) == "t otherwise");
  CHECK(text(items[size - 1].span) == "t(m = -1) when a == b because \"x\"");
  const auto& rule = std::get<ast::Rule>(items[size - 1].node);
  CHECK(text(rule.entries[0].span) == "t(m = -1)");
  CHECK(text(rule.entries[0].arguments[0].span) == "m = -1");
  CHECK(text(rule.because->span) == "\"x\"");
}

TEST_CASE("values and texts are unescaped, spans cover the quotes") {
  const Parsed parsed("fact a : enum { \"x\\\"y\" } \"l1\\nl2\\t\\\\\"\n");
  REQUIRE(parsed.findings() == "");
  const ast::Fact& fact = item<ast::Fact>(parsed);
  const ast::Name& symbol = std::get<ast::Type::Enum>(fact.type.node).symbols.front();
  CHECK(symbol.text == "x\"y");
  CHECK(symbol.quoted);
  CHECK(std::string(parsed.sources.text(symbol.span)) == "\"x\\\"y\"");
  CHECK(fact.doc->value == "l1\nl2\t\\");
}

TEST_CASE("numbers carry sign and suffix") {
  const Parsed parsed(
      "fact a : int -9_223_372_036_854_775_808 .. 9223372036854775807\n"
      "fact b : int -2K .. 3M = 1G\n"
      "fact c : version 7 .. 9.99.65535\n");
  REQUIRE(parsed.findings() == "");
  const auto& a = std::get<ast::Type::Int>(item<ast::Fact>(parsed, 0).type.node);
  CHECK(a.low.value == INT64_MIN);
  CHECK(a.high.value == INT64_MAX);
  const ast::Fact& b = item<ast::Fact>(parsed, 1);
  CHECK(std::get<ast::Type::Int>(b.type.node).low.value == -2048);
  CHECK(std::get<ast::Type::Int>(b.type.node).high.value == 3 << 20);
  CHECK(std::get<ast::Integer>(std::get<ast::Value>(*b.default_value)).value == 1 << 30);
  const auto& c = std::get<ast::Type::VersionRange>(item<ast::Fact>(parsed, 2).type.node);
  CHECK(c.low.major == 7);
  CHECK(c.low.minor == 0);
  CHECK(c.high.minor == 99);
  CHECK(c.high.patch == 65535);
}

}  // namespace
}  // namespace switchyard
