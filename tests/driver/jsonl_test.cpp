#include <catch2/catch.hpp>

#include <sstream>

#include <nlohmann/json.hpp>

#include "tests/driver/policyc.h"

namespace switchyard::testing {
namespace {

std::vector<nlohmann::json> lines_of(const std::string& text) {
  std::vector<nlohmann::json> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(nlohmann::json::parse(line));
  return lines;
}

}  // namespace

TEST_CASE("JSON Lines: one answer a line, bad lines answered where they stand") {
  const TemporaryFolder folder;
  const std::string policy = folder.write("sample.policy", kPolicy);
  const std::string rest = R"("scheme": "w_mxfp4", "arch": "gfx950", "backends": ["ck"], "forced": "unset"})";
  const std::string input =
      R"({"mx": true, "tokens": 17, )" + rest + "\n" +       // 0 native
      R"({"mx": "0", "tokens": 16, )" + rest + "\n" +        // 1 packed(16)
      R"({"mx": 0, "tokens": 17, "scheme": "w_mxfp4", "arch": "gfx942", "backends": [], "forced": "on"})" + "\n" +  // 2 refused
      R"({"mx": 1, "tokens": 17, "scheme": "w_mxfp4", "arch": "gfx942", "backends": [], "forced": "on"})" + "\n" +  // 3 excluded
      "not json\n" +                                           // 4
      "\n" +                                                   // blank: skipped
      R"({"mx": true, "tokens": 0, )" + rest + "\n" +        // 5 out of range
      R"({"mx": true, )" + rest + "\n" +                     // 6 tokens missing
      R"({"mx": true, "tokens": 1.5, )" + rest + "\n" +      // 7
      R"({"mx": true, "tokens": 1, "what": 2, )" + rest + "\n" +  // 8 unknown
      R"([1, 2])" + "\n" +                                     // 9
      R"({"mx": true, "mx": false, "tokens": 1, )" + rest + "\n" +  // 10 twice
      R"({"mx": false, "tokens": 1000, "rocm": "6.1", )" + rest;    // 11 no newline at the end
  const ProcessResult result = policyc({"eval", policy, "--jsonl", "-"}, input);
  const auto lines = lines_of(result.out);
  REQUIRE(lines.size() == 12);
  CHECK(lines[0]["target"] == "native");
  CHECK(lines[0]["attributes"]["family"] == "aiter");
  CHECK(lines[0]["parameters"].empty());
  CHECK(lines[1]["target"] == "packed");
  CHECK(lines[1]["parameters"]["block_m"] == 16);
  CHECK(lines[1]["reason"] == "few tokens");
  CHECK(lines[1]["rule"].get<std::string>().find("sample.policy:15") != std::string::npos);
  CHECK(lines[2].contains("refused"));
  CHECK(lines[3].contains("excluded"));
  for (const std::size_t bad : {4, 5, 6, 7, 8, 9, 10}) {
    INFO(bad << " " << lines[bad].dump());
    CHECK(lines[bad].contains("error"));
    CHECK_FALSE(lines[bad].contains("target"));
  }
  CHECK(lines[5]["error"].get<std::string>().find("tokens") != std::string::npos);
  CHECK(lines[6]["error"].get<std::string>().find("tokens") != std::string::npos);
  CHECK(lines[8]["error"].get<std::string>().find("what") != std::string::npos);
  CHECK(lines[10]["error"].get<std::string>().find("twice") != std::string::npos);
  CHECK(lines[11]["target"] == "emulated");
  CHECK(result.status == 2);  // some lines were bad
}

TEST_CASE("JSON Lines from a file; every line decided is status 0") {
  const TemporaryFolder folder;
  const std::string policy = folder.write("sample.policy", kPolicy);
  const std::string facts = folder.write(
      "facts.jsonl",
      R"({"mx": 1, "tokens": 17, "scheme": "w_mxfp4", "arch": "gfx950", "backends": ["ck", "triton"], "forced": "off"})" "\n");
  const ProcessResult result = policyc({"eval", policy, "--jsonl", facts});
  CHECK(result.status == 0);
  CHECK(lines_of(result.out).size() == 1);
  CHECK(policyc({"eval", policy, "--jsonl", folder.path("none.jsonl")}).status == 2);
  CHECK(policyc({"eval", policy, "--jsonl", facts, "mx=1"}).status == 2);  // facts twice over
}

TEST_CASE("JSON Lines: a byte order mark, and quoted symbols in strings and lists of flags") {
  const TemporaryFolder folder;
  const std::string policy = folder.write("quoted.policy", R"(fact f : flags { ck, "a,b" }
fact e : enum { plain, "a\"b" }
target t
target u
t when f has "a,b" and e == "a\"b"
u otherwise
)");
  const ProcessResult result = policyc({"eval", policy, "--jsonl", "-"},
      "\xEF\xBB\xBF" R"({"f": ["a,b", "ck"], "e": "a\"b"})" "\r\n"
      R"({"f": "<\"a,b\">", "e": "\"a\\\"b\""})" "\n"
      R"({"f": "<\"a,b>", "e": "plain"})" "\n");
  const std::vector<nlohmann::json> lines = lines_of(result.out);
  REQUIRE(lines.size() == 3);
  CHECK(lines[0]["target"] == "t");
  CHECK(lines[1]["target"] == "t");
  CHECK(lines[2]["error"].get<std::string>().find("must be one quoted text") != std::string::npos);
  const ProcessResult one = policyc({"eval", policy, R"(f=<ck, "a,b">)", R"(e="a\"b")"});
  CHECK(one.status == 0);
  CHECK(one.out.substr(0, 2) == "t\n");
}

}  // namespace switchyard::testing
