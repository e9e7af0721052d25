#include "runtime/checkpoint/json.h"

#include <catch2/catch.hpp>

namespace switchyard::checkpoint {
namespace {

using Catch::Matchers::Contains;
using Catch::Matchers::Equals;

TEST_CASE("values know their paths") {
  const auto document =
      JsonDocument::parse(R"({"a": {"b-c": [1, "two", {"d": null}]}, "n": 2.5})", "x.json");
  REQUIRE(document);
  const Json root = document->root();
  const auto list = root.find("a")->find("b-c")->elements();
  REQUIRE(list);
  CHECK((*list)[1].path() == "$.a[\"b-c\"][1]");
  CHECK((*list)[0].integer().value() == 1);
  CHECK((*list)[1].string().value() == "two");
  CHECK_FALSE((*list)[2].find("d").has_value());
  CHECK(root.find("n")->number().value() == 2.5);
  CHECK_THAT(root.find("n")->integer().error().message,
             Equals("x.json: $.n: 2.5 is not an integer of 64 bits"));
  CHECK_THAT((*list)[1].boolean().error().message, Contains("\"two\" is neither true nor false"));
  CHECK_THAT(root.at("z", "the last one").error().message,
             Equals("x.json: $: `z` is missing: the last one"));
}

TEST_CASE("long values are shortened in messages, at a character") {
  const std::string text = "[\"" + std::string(57, 'a') + "äöü" + std::string(50, 'b') + "\"]";
  const auto document = JsonDocument::parse(text, "x");
  REQUIRE(document);
  const auto list = document->root().elements();
  REQUIRE(list);
  CHECK((*list)[0].text() == "\"" + std::string(57, 'a') + "ä…");
}

TEST_CASE("a byte order mark in front is no part of the text") {
  const auto document = JsonDocument::parse("\xEF\xBB\xBF{\"a\": 1}", "x.json");
  REQUIRE(document);
  CHECK(document->root().find("a")->integer().value() == 1);
  CHECK_FALSE(JsonDocument::parse("\xEF\xBB\xBF", "x.json"));
}

TEST_CASE("text that is not JSON") {
  for (const char* text : {"", " ", "{", "{\"a\": }", "[1,]", "nul", "{\"a\": 01}", "\"\x80\""}) {
    const auto document = JsonDocument::parse(text, "x.json");
    REQUIRE_FALSE(document);
    CHECK_THAT(document.error().message, Contains("x.json: not valid JSON"));
  }
  CHECK_FALSE(JsonDocument::parse(std::string(300, '[') + std::string(300, ']'), "x"));
  CHECK(JsonDocument::parse(std::string(200, '[') + std::string(200, ']'), "x"));
}

TEST_CASE("a number that does not fit is shown and placed") {
  const std::string huge = "1" + std::string(30, '0');
  for (const std::string& text :
       {"{\"a\": [-1.5e3, \"9\\\"" + huge + "\"],\n \"hidden_size\": " + huge + "}",
        "{\"a\": 0,\n \"hidden_size\": " + huge + ", \"b\": " + huge + "0}"}) {
    const auto document = JsonDocument::parse(text, "x.json");
    REQUIRE_FALSE(document);
    CHECK_THAT(document.error().message,
               Contains("x.json: not valid JSON: line 2, column 17: " + huge));
  }
}

TEST_CASE("an error at a member, there or not, has one path") {
  const auto document = JsonDocument::parse(R"({"a": {}})", "x.json");
  REQUIRE(document);
  CHECK_THAT(document->root().find("a")->error_at("b-c", "no").value().message,
             Equals("x.json: $.a[\"b-c\"]: no"));
}

TEST_CASE("a name given twice is an error wherever it is") {
  const auto document = JsonDocument::parse(R"({"a": [{"b": 1, "c": 2, "b": 3}]})", "x.json");
  REQUIRE_FALSE(document);
  CHECK_THAT(document.error().message, Contains("$.a[0].b: named twice"));
}

}  // namespace
}  // namespace switchyard::checkpoint
