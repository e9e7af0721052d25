// Reviewed changes: written, accepted, and whatever lies outside them.
#include <catch2/catch.hpp>

#include "tests/diff_command/policies.h"

namespace switchyard::testing {
namespace {

struct Reviewed : Policies {
  std::string file = folder.path("reviewed.json");
  Reviewed() { REQUIRE(policy_diff({old_path, new_path, "--write-expect", file}).status == 0); }

  ProcessResult judged(const std::string& text, std::vector<std::string> more = {}) const {
    const std::string changed = folder.write("changed.policy", text);
    std::vector<std::string> arguments = {old_path, changed, "--expect", file};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return policy_diff(arguments);
  }
};

}  // namespace

TEST_CASE_METHOD(Reviewed, "what was reviewed is accepted, and the file is the same each time") {
  CHECK(judged(kNew).status == 0);
  CHECK(judged(kNew).out.find("(expected)") != std::string::npos);
  const std::string again = folder.path("again.json");
  REQUIRE(policy_diff({old_path, new_path, "--write-expect", again}).status == 0);
  CHECK(read_file(file) == read_file(again));
  const auto json = nlohmann::json::parse(read_file(file));
  CHECK(json["version"] == 1);
  CHECK(json["changes"].size() == 3);
  CHECK(json["changes"][0]["boxes"].size() == 1);
  CHECK(read_file(file).find(".policy") == std::string::npos);
}

TEST_CASE_METHOD(Reviewed, "the same region from other rules is accepted") {
  std::string text = kNew;
  text.replace(text.find("emulated when mx and scheme == b"), 32,
               "emulated when mx and scheme == b and tokens <= 7\n"
               "emulated when mx and scheme == b and tokens % 2 == 0\n"
               "emulated when mx and scheme == b");
  const ProcessResult result = judged(text);
  INFO(result.out << result.err);
  CHECK(result.status == 0);
}

TEST_CASE_METHOD(Reviewed, "one combination more is not accepted, and shown alone") {
  std::string text = kNew;
  text.replace(text.find("tokens > 32"), 11, "tokens > 31");
  const ProcessResult result = judged(text);
  CHECK(result.status == 1);
  CHECK(result.out.find("(NOT EXPECTED)") != std::string::npos);
  CHECK(result.out.find("not expected: 1 of them") != std::string::npos);
  const auto report = nlohmann::json::parse(judged(text, {"--format=json"}).out);
  for (const auto& change : report["changes"]) {
    if (change["to"]["target"] == "packed") {
      CHECK(change["unexpected"]["count"] == 1);
      CHECK(change["unexpected"]["boxes"][0]["tokens"] == nlohmann::json({32, 32}));
    } else {
      CHECK(change["unexpected"].is_null());
    }
  }
}

TEST_CASE_METHOD(Reviewed, "a change of another kind in the same region is not accepted") {
  std::string text = kNew;
  text.replace(text.find("emulated when mx and scheme == b"), 8, "packed  ");
  CHECK(judged(text).status == 1);
}

TEST_CASE_METHOD(Reviewed, "what no longer occurs is said, and does not fail") {
  std::string text = kNew;
  text.replace(text.find("emulated when scheme == c and not mx"), 36,
               "refuse when scheme == c and not mx because \"no kernel\"");
  const ProcessResult result = judged(text);
  CHECK(result.status == 0);
  CHECK(result.out.find("expected, but does not occur:\n  refused -> emulated") != std::string::npos);
}

TEST_CASE_METHOD(Reviewed, "an accepted change that is asked to fail, fails") {
  CHECK(judged(kNew, {"--fail-on=native -> emulated"}).status == 1);
  CHECK(judged(kNew, {"--fail-on=emulated -> native"}).status == 0);
  CHECK(judged(kNew, {"--fail-on=slower"}).status == 1);
}

TEST_CASE_METHOD(Policies, "regions with remainders, versions, flags and names are written exactly") {
  const std::string facts =
      "fact t : int -70 .. 90\nfact v : version 1.0 .. 3.5.7\nfact f : flags { x, \"y z\", w }\n"
      "fact n : name { p, \"q r\" }\nfact s : switch\ntarget a\ntarget b\n";
  const std::string before = folder.write("1.policy", facts + "a otherwise\n");
  const std::string after = folder.write(
      "2.policy", facts +
                      "b when (t % 6 == 1 or t % 6 == 5) and t not in <3 .. 9> and v in <1.1 .. 2.0.3, 3.5.7>\n"
                      "b when (f has x or not f has w) and n in <other, \"q r\"> and s != on\n"
                      "a otherwise\n");
  const std::string file = folder.path("e.json");
  const ProcessResult written = policy_diff({before, after, "--write-expect", file});
  INFO(written.err);
  REQUIRE(written.status == 0);
  const ProcessResult result = policy_diff({before, after, "--expect", file});
  INFO(result.out << result.err);
  CHECK(result.status == 0);
  CHECK(policy_diff({after, before, "--expect", file}).status == 1);
}

TEST_CASE_METHOD(Policies, "by attribute and with reasons, each compared as it was written") {
  for (const std::string mode : {"--by=family", "--reasons"}) {
    INFO(mode);
    const std::string file = folder.path("mode.json");
    REQUIRE(policy_diff({old_path, new_path, mode, "--write-expect", file}).status == 0);
    CHECK(policy_diff({old_path, new_path, mode, "--expect", file}).status == 0);
    const ProcessResult other = policy_diff({old_path, new_path, "--expect", file});
    CHECK(other.status == 2);
    CHECK(other.err.find("compare the same way") != std::string::npos);
  }
}

TEST_CASE_METHOD(Policies, "a file that holds no reviewed changes is refused, with why") {
  const auto refused = [&](const std::string& text, const std::string& part) {
    const std::string file = folder.write("bad.json", text);
    const ProcessResult result = policy_diff({old_path, new_path, "--expect", file});
    INFO(text << "\n" << result.err);
    CHECK(result.status == 2);
    CHECK(result.out.empty());
    CHECK(result.err.find(part) != std::string::npos);
  };
  refused("", "not JSON");
  refused("[]", "version");
  refused(R"({"version": 2, "changes": []})", "version");
  refused(R"({"version": 1})", "`changes` is no list");
  refused(R"({"version": 1, "by": 3, "changes": []})", "`by` is no text");
  refused(R"({"version": 1, "changes": [{"from": "a"}]})", "change 1 lacks");
  refused(R"({"version": 1, "changes": [{"from": "a", "to": "b", "boxes": [1]}]})", "change 1 lacks");
  refused(R"({"version": 1, "changes": [{"from": "a", "to": "b", "boxes": ["schme == a"]}]})",
          "did you mean `scheme`?");
  CHECK(policy_diff({old_path, new_path, "--expect", folder.path("none.json")}).status == 2);
  const ProcessResult in_folder = policy_diff({old_path, new_path, "--expect", folder.path()});
  CHECK(in_folder.status == 2);
  CHECK(in_folder.err.find("it is a folder; name a file that --write-expect wrote") != std::string::npos);
  CHECK(policy_diff({old_path, new_path, "--write-expect", folder.path("no/x.json")}).status == 2);
}

}  // namespace switchyard::testing
