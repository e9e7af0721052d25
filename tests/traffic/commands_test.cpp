#include <catch2/catch.hpp>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/process/process.h"

// `policyc audit` and `policyc coverage` as their users run them.
namespace switchyard::testing {

namespace {

const std::string kPolicy = R"(policy sample
fact mx : bool
fact scheme : enum { w4, w4a4, w4a8 }
fact tokens : int 1 .. 4096
fact aiter : bool = false
assume mx implies scheme != w4a8
target native
target packed(block_m : int 16 .. 256 = 64)
target emulated
refuse when scheme == w4a8 and tokens > 4000 because "too many tokens"
native when mx and scheme == w4
packed(block_m = 16) when tokens <= 16 because "few tokens"
emulated otherwise
)";

// Lines 1 to 6; 2 and 5 differ in the same way, 3 otherwise.
const std::string kLog =
    R"({"facts": {"mx": true, "scheme": "w4", "tokens": 8}, "outcome": "target", "target": "native", "parameters": {}})" "\n"
    R"({"facts": {"mx": true, "scheme": "w4a4", "tokens": 64}, "target": "native", "rule": "old:3", "layer": 7})" "\n"
    R"({"facts": {"mx": false, "scheme": "w4", "tokens": 8}, "target": "packed", "parameters": {"block_m": 64}})" "\n"
    R"({"facts": {"mx": false, "scheme": "w4", "tokens": 8}, "target": "packed", "parameters": {"block_m": 16}})" "\n"
    R"({"facts": {"mx": true, "scheme": "w4a4", "tokens": 4096}, "target": "native"})" "\n"
    R"({"facts": {"mx": false, "scheme": "w4a8", "tokens": 4001}, "outcome": "refused", "target": null})" "\n";

ProcessResult policyc(std::vector<std::string> arguments, const std::string& input = "") {
  arguments.insert(arguments.begin(), POLICYC);
  return run_process(arguments, input);
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("audit: what differs, grouped, with box, count and first line") {
  const TemporaryFolder folder;
  const std::string policy = folder.write("sample.policy", kPolicy);
  const ProcessResult result = policyc({"audit", policy, "-"}, kLog);
  INFO(result.out << result.err);
  CHECK(result.status == 1);
  CHECK(has(result.out, "3 of 6 lines differ from policy `sample`"));
  CHECK(has(result.out, "native -> emulated: 2 lines"));
  CHECK(has(result.out, "all with   mx, scheme == w4a4, tokens in 17 .. 4000") == false);
  CHECK(has(result.out, "mx, scheme == w4a4, tokens >= 17"));
  CHECK(has(result.out, "first      line 2: {\"facts\""));
  CHECK(has(result.out, "packed(block_m = 64) -> packed(block_m = 16): 1 line\n"));
  CHECK(has(result.out, "sample.policy:12: few tokens"));

  const ProcessResult json = policyc({"audit", policy, "-", "--format", "json"}, kLog);
  CHECK(json.status == 1);
  const auto document = nlohmann::json::parse(json.out);
  CHECK(document["lines"] == 6);
  CHECK(document["same"] == 3);
  CHECK(document["differing"] == 3);
  CHECK(document["groups"][0]["recorded"] == "native");
  CHECK(document["groups"][0]["now"]["target"] == "emulated");
  CHECK(document["groups"][0]["count"] == 2);
  CHECK(document["groups"][0]["first_line"] == 2);
  CHECK(document["groups"][0]["box"]["scheme"] == nlohmann::json::array({"w4a4"}));
}

TEST_CASE("audit: a policy and its table answer alike; a log that agrees is status 0") {
  const TemporaryFolder folder;
  const std::string policy = folder.write("sample.policy", kPolicy);
  const std::string table = folder.path("sample.table");
  REQUIRE(policyc({policy, "-o", table}).status == 0);
  const std::string log = folder.write("log.jsonl", kLog);
  CHECK(policyc({"audit", policy, log}).out == policyc({"audit", table, log}).out);
  const std::string good = kLog.substr(0, kLog.find('\n') + 1);
  const ProcessResult result = policyc({"audit", table, "-"}, good);
  CHECK(result.status == 0);
  CHECK(result.out == "0 of 1 line differs from policy `sample`\n");
  CHECK(policyc({"audit", table, "-"}, "\n\n").status == 0);
}

TEST_CASE("audit: what cannot be used is counted by reason, and the run goes on") {
  const TemporaryFolder folder;
  const std::string policy = folder.write("sample.policy", kPolicy);
  const std::string log =
      "not json\n"
      "[1]\n"
      "{\"tokens\": 1}\n"
      R"({"facts": {"mx": true, "scheme": "w4", "tokens": 0}})" "\n"
      R"({"facts": {"mx": true, "scheme": "w5", "tokens": 1}})" "\n"
      R"({"facts": {"mx": true, "scheme": "w4"}})" "\n"
      R"({"facts": [], "target": "native"})" "\n"
      R"({"facts": {"mx": true, "scheme": "w4", "tokens": 1}, "outcome": "maybe"})" "\n"
      R"({"facts": {"mx": true, "scheme": "w4", "tokens": 1}, "target": 3})" "\n"
      R"({"facts": {"mx": true, "scheme": "w4", "tokens": 1}, "target": "native", "parameters": [1]})" "\n"
      R"({"facts": {"mx": true, "scheme": "w4", "tokens": 1}, "outcome": "target"})" "\n"
      R"({"facts": {"mx": true, "scheme": "w4", "tokens": 1, "gone": 5}, "target": "native"})" "\n"
      R"({"facts": {"mx": true, "scheme": "w4", "tokens": 1}})" "\n";
  const ProcessResult result = policyc({"audit", policy, "-"}, log);
  INFO(result.out << result.err);
  CHECK(result.status == 1);
  CHECK(has(result.out, "0 of 13 lines differ"));
  CHECK(has(result.out, "1 line tells facts only"));
  CHECK(has(result.out, "ignored: fact `gone`, which the policy does not have, in 1 line"));
  CHECK(has(result.out, "first line 1: not a JSON document"));
  CHECK(has(result.out, "first line 2: expected an object with `facts`"));
  CHECK(has(result.out, "first line 3: no `facts`"));
  CHECK(has(result.out, "first line 7: `facts` must be an object"));
  CHECK(has(result.out, "first line 8: `outcome` must be"));
  CHECK(has(result.out, "first line 9: `target` must be a string"));
  CHECK(has(result.out, "first line 10: `parameters` must be an object"));
  CHECK(has(result.out, "first line 11: `outcome` is \"target\", but no `target`"));
  // A fact that the log never had can be given.
  const ProcessResult filled = policyc({"audit", policy, "-", "--fact", "tokens=8"},
                                       R"({"facts": {"mx": true, "scheme": "w4"}, "target": "native"})");
  CHECK(filled.status == 0);
}

TEST_CASE("one line, one rule, one decision are told in the singular") {
  const TemporaryFolder folder;
  const std::string policy = folder.write("one.policy", "policy one\nfact a : bool\ntarget t\nt otherwise\n");
  const auto told = [&](const std::string& command, const std::string& log, const std::string& text) {
    const ProcessResult result = policyc({command, policy, "-"}, log);
    INFO(result.out << result.err);
    CHECK(has(result.out, text));
  };
  const std::string same = R"({"facts": {"a": true}, "target": "t"})" "\n";
  const std::string other = R"({"facts": {"a": true}, "target": "u"})" "\n";
  const std::string bare = R"({"facts": {"a": true}})" "\n";
  const std::string foreign = R"({"facts": {"a": true, "b": 1}, "target": "t"})" "\n";
  told("audit", same, "0 of 1 line differs from policy `one`\n");
  told("audit", other, "1 of 1 line differs from policy `one`\n");
  told("audit", other + same, "1 of 2 lines differs from policy `one`\n");
  told("audit", other + other, "2 of 2 lines differ from policy `one`\n");
  told("audit", "", "0 of 0 lines differ from policy `one`\n");
  told("audit", bare, "1 line tells facts only, no decision\n");
  told("audit", bare + bare, "2 lines tell facts only, no decision\n");
  told("audit", foreign, "in 1 line\n");
  told("coverage", same, "1 decision of policy `one`: 1 of 1 rule reached\n");
  told("coverage", same + same, "2 decisions of policy `one`: 1 of 1 rule reached\n");
  told("test", foreign, "ignored: fact `b`, which the policy does not have, in 1 line\n");
  told("test", foreign + foreign, "in 2 lines\n");
}

TEST_CASE("audit and coverage: unusable arguments end with status 2 and say why") {
  const TemporaryFolder folder;
  const std::string policy = folder.write("sample.policy", kPolicy);
  const auto fails = [&](std::vector<std::string> arguments, const std::string& message) {
    const ProcessResult result = policyc(std::move(arguments));
    INFO(result.err);
    CHECK(result.status == 2);
    CHECK(has(result.err, message));
  };
  for (const char* command : {"audit", "coverage"}) {
    fails({command, policy, folder.path("none.jsonl")}, "cannot read");
    fails({command, policy, folder.path("")}, "cannot read");
    fails({command, folder.path("none.policy"), "-"}, "none.policy");
    fails({command, "-", "-"}, "cannot both be standard input");
    fails({command, policy, "-", "--fact", "token=3"}, "tokens");
    fails({command, policy, "-", "--fact", "tokens"}, "not of the form fact=value");
    fails({command, policy, "-", "--fact", "tokens=0"}, "tokens");
    fails({command, policy, "-", "--fact", "tokens=8", "--fact", "tokens=9"}, "fact `tokens` is given twice");
    fails({command, policy, "-", "--fact", "tokens=8", "--fact", "tokens=8"}, "fact `tokens` is given twice");
    fails({command, policy, "-", "--format", "xml"}, "xml");
  }
  const std::string table = folder.path("sample.table");
  REQUIRE(policyc({policy, "-o", table}).status == 0);
  fails({"coverage", table, "-", "--format", "source"}, "is a table");
  fails({"coverage", policy, "-", "-"}, "standard input can be one of the logs only");
  fails({"coverage", "-", "-"}, "the policy and the log cannot both be standard input");
}

TEST_CASE("coverage: targets, rules, boxes never seen; JSON and annotated source") {
  const TemporaryFolder folder;
  const std::string policy = folder.write("sample.policy", kPolicy);
  const std::string log = kLog + R"({"facts": {"mx": true, "scheme": "w4a8", "tokens": 1}})" "\n";
  const ProcessResult text = policyc({"coverage", policy, "-"}, log);
  INFO(text.out << text.err);
  CHECK(text.status == 0);
  CHECK(has(text.out, "7 decisions of policy `sample`: 4 of 4 rules reached"));
  CHECK(has(text.out, "excluded by"));
  const std::string one = kLog.substr(0, kLog.find('\n') + 1);
  const ProcessResult little = policyc({"coverage", policy, "-", "--fail-unreached"}, one);
  CHECK(little.status == 1);
  CHECK(has(little.out, "1 of 4 rules reached"));
  CHECK(has(little.out, "never"));

  const ProcessResult json = policyc({"coverage", policy, "-", "--format", "json"}, log);
  const auto document = nlohmann::json::parse(json.out);
  CHECK(document["decisions"] == 7);
  CHECK(document["reached"] == 4);
  CHECK(document["excluded"][0]["count"] == 1);
  CHECK(document["targets"][2]["target"] == "emulated");
  CHECK(document["targets"][2]["count"] == 2);
  CHECK(document["rules"][2]["count"] == 2);
  CHECK(document["rules"][2]["entries"][0]["boxes"].size() >= 1);

  const ProcessResult source = policyc({"coverage", policy, "-", "--format", "source"}, one);
  INFO(source.out);
  CHECK(has(source.out, "           1    11  native when mx and scheme == w4\n"));
  CHECK(has(source.out, "       #####    12  packed(block_m = 16)"));
  CHECK(has(source.out, "           -     1  policy sample\n"));
}

TEST_CASE("gen-tests: every rule and boundary, which `test` runs again; a change fails") {
  const TemporaryFolder folder;
  const std::string policy = folder.write("sample.policy", kPolicy);
  const ProcessResult made = policyc({"gen-tests", policy});
  INFO(made.out << made.err);
  REQUIRE(made.status == 0);
  for (const char* line : {"10", "11", "12", "13"}) {
    CHECK(has(made.out, "rule " + policy + ":" + line));
  }
  CHECK(has(made.out, "boundary tokens 16 | 17"));
  CHECK(has(made.out, "boundary tokens 4000 | 4001"));
  const std::string tests = folder.write("tests.jsonl", made.out);
  const ProcessResult same = policyc({"test", policy, tests});
  INFO(same.out);
  CHECK(same.status == 0);
  CHECK(has(same.out, ", 0 failed\n"));
  const ProcessResult again = policyc({"gen-tests", policy});
  CHECK(again.out == made.out);

  std::string changed = kPolicy;
  changed.replace(changed.find("tokens <= 16"), 12, "tokens <= 15");
  const std::string other = folder.write("changed.policy", changed);
  const ProcessResult failing = policyc({"test", other, "-"}, made.out);
  CHECK(failing.status == 1);
  CHECK(has(failing.out, "expected packed(block_m = 16)"));
  // Every region that changed, by a policy or by its table.
  const ProcessResult against = policyc({"gen-tests", other, "--against", policy});
  CHECK(has(against.out, "changed: `packed(block_m = 16)` -> `emulated`"));
  const std::string table = folder.path("sample.table");
  REQUIRE(policyc({policy, "-o", table}).status == 0);
  CHECK(policyc({"gen-tests", other, "--against", table}).out == against.out);
  CHECK(policyc({"test", table, "-"}, made.out).status == 0);
}

TEST_CASE("test and gen-tests: what cannot run says why") {
  const TemporaryFolder folder;
  const std::string policy = folder.write("sample.policy", kPolicy);
  const auto fails = [&](std::vector<std::string> arguments, const std::string& message,
                         const std::string& input = "") {
    const ProcessResult result = policyc(std::move(arguments), input);
    INFO(result.out << result.err);
    CHECK(result.status == 2);
    CHECK(has(result.err, message));
  };
  fails({"test", policy, "-"}, "holds no test");
  fails({"test", policy, folder.path("none")}, "cannot read");
  fails({"test", "-", "-"}, "cannot both be standard input");
  fails({"gen-tests", "-", "--against", "-"}, "only one of the policies");
  fails({"gen-tests", folder.path("none.policy")}, "none.policy");
  fails({"gen-tests", policy, "--against", folder.path("none.policy")}, "none.policy");
  const std::string other = folder.write(
      "other.policy", "policy other\nfact mx : int 0 .. 3\ntarget a\na otherwise\n");
  fails({"gen-tests", policy, "--against", other}, "mx");
  // Lines that are no tests are failures of their own.
  const ProcessResult bare = policyc(
      {"test", policy, "-"}, R"({"facts": {"mx": true, "scheme": "w4", "tokens": 1}})");
  CHECK(bare.status == 1);
  CHECK(has(bare.out, "no decision to compare with"));
}

}  // namespace switchyard::testing
