// The same report for terminals, programs, pull requests and code scanning.
#include <algorithm>

#include <catch2/catch.hpp>

#include "tests/diff_command/policies.h"

namespace switchyard::testing {

TEST_CASE_METHOD(Policies, "the terminal's report, whole") {
  const ProcessResult result = policy_diff({"old.policy", "new.policy"}, "", folder.path());
  CHECK(result.out == R"(old.policy -> new.policy
160 of 384 combinations change

64: refused -> emulated
  from  old.policy:10: refuse when scheme == c and not mx
        because "no kernel"
  to    new.policy:10: emulated when scheme == c and not mx
  where not mx, scheme == c

64: native -> emulated
  from  old.policy:11: native when mx and scheme in <a, b>
        because "fast"
  to    new.policy:11: emulated when mx and scheme == b
        because "broken | `today`"
  where mx, scheme == b

32: native -> packed(block_m = 64)
  from  old.policy:11: native when mx and scheme in <a, b>
        because "fast"
  to    new.policy:12: packed when mx and scheme == a and tokens > 32
  where mx, scheme == a, tokens >= 33
)");
}

TEST_CASE_METHOD(Policies, "JSON has the promised shape") {
  const auto report = json_diff({old_path, new_path});
  CHECK(report["equal"] == false);
  CHECK(report["total"] == 384);
  CHECK(report["changed"] == 160);
  REQUIRE(report["changes"].size() == 3);
  const auto& last = report["changes"][2];
  CHECK(last["count"] == 32);
  CHECK(last["from"]["target"] == "native");
  CHECK(last["from"]["rule"] == old_path + ":11");
  CHECK(last["to"]["target"] == "packed");
  CHECK(last["boxes"] == nlohmann::json::parse(
                             R"([{"mx": [true], "scheme": ["a"], "tokens": [33, 64]}])"));
  CHECK(report["changes"][0]["from"]["target"].is_null());
  CHECK(report["changes"][0]["from"]["outcome"] == "refused");
  const auto equal = json_diff({old_path, old_path});
  CHECK(equal["equal"] == true);
  CHECK(equal["changes"].empty());
}

TEST_CASE("counts past 2^53 are decimal strings") {
  const TemporaryFolder folder;
  const std::string facts =
      "fact a : int 0 .. 18_014_398_509_481_983\nfact b : bool\ntarget t\ntarget u\n";
  const auto report = json_diff({folder.write("1.policy", facts + "t otherwise\n"),
                                 folder.write("2.policy", facts + "u when b\nt otherwise\n")});
  CHECK(report["changed"] == "18014398509481984");
  CHECK(report["total"] == "36028797018963968");
}

TEST_CASE("JSON: integer parameters are numbers while readers keep them exact, symbols are strings") {
  const TemporaryFolder folder;
  const std::string facts =
      "fact b : bool\n"
      "target t(n : int 0 .. 9_007_199_254_740_993 = 1, order : enum { row, column } = row)\n";
  const auto report = json_diff(
      {folder.write("1.policy", facts + "t(n = 9_007_199_254_740_993) otherwise\n"),
       folder.write("2.policy", facts + "t(n = 9_007_199_254_740_992, order = column) otherwise\n")});
  CHECK(report["changes"][0]["from"]["parameters"] ==
        nlohmann::json::parse(R"({"n": "9007199254740993", "order": "row"})"));
  CHECK(report["changes"][0]["to"]["parameters"] ==
        nlohmann::json::parse(R"({"n": 9007199254740992, "order": "column"})"));
}

TEST_CASE("JSON: flags and remainders have their own shapes in a box") {
  const TemporaryFolder folder;
  const std::string facts =
      "fact backends : flags { ck, \"a,b\", triton }\nfact n : int 0 .. 127\n"
      "target t\ntarget u\n";
  const auto report = json_diff(
      {folder.write("1.policy", facts + "t otherwise\n"),
       folder.write("2.policy", facts + "u when backends has \"a,b\" and not backends has ck\n"
                                        "u when n % 8 == 4 and n >= 32\nt otherwise\n")});
  REQUIRE(report["changes"].size() == 2);
  CHECK(report["changes"][0]["boxes"] ==
        nlohmann::json::parse(R"([{"backends": [{"has": ["a,b"], "lacks": ["ck"]}]}])"));
  CHECK(report["changes"][1]["boxes"] == nlohmann::json::parse(R"([{
          "backends": [{"has": ["ck"], "lacks": []}, {"has": [], "lacks": ["ck", "a,b"]}],
          "n": [{"range": [32, 127], "modulus": 8, "remainders": [4]}]}])"));
}

TEST_CASE_METHOD(Policies, "Markdown: a summary, a table, a block to unfold, nothing that is markup") {
  const ProcessResult result =
      policy_diff({old_path, new_path, "--format=markdown", "--fail-on=native -> *"});
  CHECK(result.status == 1);
  CHECK(result.out.find("### Dispatch policy: 160 of 384 combinations change\n") == 0);
  CHECK(result.out.find("| 64 | <code>native</code> | <code>emulated</code> | **fails**: "
                        "<code>native -&gt; \\*</code> |") != std::string::npos);
  CHECK(result.out.find("<details>") != std::string::npos);
  CHECK(result.out.find("</details>") != std::string::npos);
  CHECK(result.out.find("broken &#124; &#96;today&#96;") != std::string::npos);
  CHECK(result.out.find('`') == std::string::npos);
  // Every row of the table has its four cells.
  for (std::size_t at = result.out.find("\n| "); at != std::string::npos;
       at = result.out.find("\n| ", at + 1)) {
    const std::string row = result.out.substr(at + 1, result.out.find('\n', at + 1) - at - 1);
    CHECK(std::count(row.begin(), row.end(), '|') == 5);
  }
}

TEST_CASE("Markdown stays below what forges take, and says what it leaves out") {
  const TemporaryFolder folder;
  std::string before = "fact n : int 0 .. 4095\ntarget t\ntarget u\n", after = before;
  for (int i = 0; i < 400; ++i) {
    const std::string reason(120, static_cast<char>('a' + i % 26));
    const std::string when = " when n == " + std::to_string(i * 3) + " because \"" + reason + "\"\n";
    before += "t" + when;
    after += "u" + when;
  }
  const ProcessResult result = policy_diff({folder.write("1.policy", before + "t otherwise\n"),
                                            folder.write("2.policy", after + "t otherwise\n"),
                                            "--format=markdown"});
  CHECK(result.status == 1);
  CHECK(result.out.size() < 65'536);
  CHECK(result.out.size() > 50'000);
  CHECK(result.out.find("This comment is full") != std::string::npos);
  CHECK(result.out.find("</details>") != std::string::npos);
}

TEST_CASE_METHOD(Policies, "SARIF: a result a change, at the rule that decides now") {
  const auto sarif = nlohmann::json::parse(
      policy_diff({old_path, new_path, "--format=sarif", "--fail-on=native -> emulated"}).out);
  CHECK(sarif["version"] == "2.1.0");
  const auto& run = sarif["runs"][0];
  CHECK(run["tool"]["driver"]["name"] == "policyc diff");
  REQUIRE(run["results"].size() == 3);
  for (const auto& result : run["results"]) {
    CHECK(result["ruleId"] == "policy-change");
    CHECK(result["message"]["text"].is_string());
    const bool fails = result["properties"]["from"] == "native" &&
                       result["properties"]["to"] == "emulated";
    CHECK(result["level"] == (fails ? "error" : "warning"));
    const auto& place = result["locations"][0]["physicalLocation"];
    CHECK(place["artifactLocation"]["uri"].get<std::string>().ends_with("new.policy"));
    CHECK(place["region"]["startLine"].get<int>() >= 10);
    CHECK(result["relatedLocations"][0]["physicalLocation"]["artifactLocation"]["uri"]
              .get<std::string>()
              .ends_with("old.policy"));
  }
}

}  // namespace switchyard::testing
