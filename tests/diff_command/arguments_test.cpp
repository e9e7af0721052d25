// What diff accepts, and what it says to what it does not.
#include <algorithm>

#include <catch2/catch.hpp>

#include "tests/diff_command/policies.h"

namespace switchyard::testing {
namespace {

void refused(const ProcessResult& result, const std::string& part) {
  INFO(result.err);
  CHECK(result.status == 2);
  CHECK(result.out.empty());
  CHECK(result.err.find(part) != std::string::npos);
}

}  // namespace

TEST_CASE_METHOD(Policies, "equal policies end with 0, changed ones with 1") {
  const ProcessResult same = policy_diff({old_path, old_path});
  CHECK(same.status == 0);
  CHECK(same.out.find("equal on all 384 combinations") != std::string::npos);
  const ProcessResult changed = policy_diff({old_path, new_path});
  CHECK(changed.status == 1);
  CHECK(changed.err.empty());
  CHECK(changed.out.find("160 of 384 combinations change") != std::string::npos);
}

TEST_CASE_METHOD(Policies, "one combination is told in the singular") {
  const std::string head = "policy p\nfact n : int 1 .. 8\ntarget t\ntarget u\n";
  const std::string one = folder.write("one.policy", head + "t otherwise\n");
  const std::string two = folder.write("two.policy", head + "u when n == 2\nt otherwise\n");
  CHECK(policy_diff({one, two}).out.find("\n1 of 8 combinations changes\n") != std::string::npos);
  CHECK(policy_diff({one, two, "--format", "sarif"}).out.find("\"1 combination changes from t to u") !=
        std::string::npos);
  const std::string no_facts = folder.write("none.policy", "policy p\ntarget t\nt otherwise\n");
  const std::string other = folder.write("other.policy", "policy p\ntarget u\nu otherwise\n");
  CHECK(policy_diff({no_facts, no_facts}).out.find("\nequal on the only combination\n") != std::string::npos);
  CHECK(policy_diff({no_facts, other}).out.find("\n1 of 1 combination changes\n") != std::string::npos);
}

TEST_CASE_METHOD(Policies, "standard input is one of the sides, a policy or a table") {
  CHECK(policy_diff({"-", old_path}, kOld).status == 0);
  CHECK(policy_diff({old_path, "-"}, kNew).status == 1);
  const ProcessResult table = run_process({POLICYC, old_path, "-o", "-"});
  CHECK(policy_diff({"-", old_path}, table.out).status == 0);
  refused(policy_diff({"-", "-"}, kOld), "one side only");
}

TEST_CASE_METHOD(Policies, "reasons and rules count when asked for") {
  const std::string reworded = folder.write(
      "reworded.policy", std::string(kOld).replace(kOld.find("\"fast\""), 6, "\"quick\""));
  CHECK(policy_diff({old_path, reworded}).status == 0);
  const ProcessResult asked = policy_diff({old_path, reworded, "--reasons"});
  CHECK(asked.status == 1);
  CHECK(asked.out.find("128: native -> native") != std::string::npos);
  CHECK(asked.out.find("quick") != std::string::npos);
  CHECK(json_diff({old_path, reworded, "--reasons"})["changes"][0]["to"]["reason"] == "quick");
}

TEST_CASE_METHOD(Policies, "parameters are part of what is decided") {
  const std::string other = folder.write(
      "other.policy",
      std::string(kOld).replace(kOld.find("packed when"), 6, "packed(block_m = 32)"));
  const auto report = json_diff({old_path, other});
  REQUIRE(report["changes"].size() == 1);
  CHECK(report["changes"][0]["from"]["value"] == "packed(block_m = 64)");
  CHECK(report["changes"][0]["to"]["parameters"]["block_m"] == 32);
  CHECK(report["changes"][0]["boxes"].size() <= 2);
  CHECK(policy_diff({old_path, other, "--by=family"}).status == 0);
}

TEST_CASE_METHOD(Policies, "a region is looked at alone") {
  const auto report = json_diff({old_path, new_path, "--region", "mx and scheme == b"});
  CHECK(report["changed"] == 64);
  CHECK(policy_diff({old_path, new_path, "--region", "not mx and scheme == a"}).status == 0);
  refused(policy_diff({old_path, new_path, "--region", "schme == b"}), "did you mean `scheme`?");
  refused(policy_diff({old_path, new_path, "--region", "mx and"}), "expected");
}

TEST_CASE_METHOD(Policies, "what is wrong with a region is shown in its own text") {
  const auto told = [&](const std::string& region) {
    const ProcessResult result = policy_diff({old_path, new_path, "--region", region});
    INFO(result.err);
    CHECK(result.status == 2);
    CHECK(result.out.empty());
    CHECK(result.err.find("let condition") == std::string::npos);
    CHECK(result.err.find("``") == std::string::npos);
    return result.err;
  };
  const auto shows = [](const std::string& text, const std::string& place, const std::string& line) {
    INFO(text);
    CHECK(text.find("--> --region:" + place + "\n") != std::string::npos);
    CHECK(text.find(line) != std::string::npos);
  };
  shows(told("mx and schme == b"), "1:8", "1 | mx and schme == b\n  |        ^^^^^");
  shows(told("mx and"), "1:7", "expected a condition, found the end of the condition");
  shows(told("mx and"), "1:7", "1 | mx and\n  |       ^\n");
  shows(told("mx tokens"), "1:3", "missing `and`");
  shows(told("mx and tokens > 4 x"), "1:18", "1 | mx and tokens > 4 x");
  shows(told("mx and (scheme == b"), "1:8", "1 | mx and (scheme == b\n  |        ^ opened here");
  shows(told("mx) let x = (mx"), "1:3", "1 | mx) let x = (mx\n  |   ^");
  shows(told("mx target t fact f : bool"), "1:3", "1 | mx target t fact f : bool\n  |   ^ here");
  shows(told("mx when mx"), "1:4", "expected `and`, `or` or the end of the condition, found `when`");
  shows(told("mx and\nschme == b"), "2:1", "2 | schme == b\n  | ^^^^^");
  shows(told("scheme in <a, b"), "1:11", "1 | scheme in <a, b");
  shows(told("mx $ 3"), "1:4", "1 | mx $ 3\n  |    ^");
  CHECK(told("  ").find("expected a condition") != std::string::npos);
  CHECK(told("# only a remark").find("expected a condition") != std::string::npos);
  CHECK(told("").find("--region: the value is empty") != std::string::npos);
}

TEST_CASE("a region may name lets that mean one thing and read no decision") {
  const TemporaryFolder folder;
  const std::string facts = "fact mx : bool\nfact n : int 1 .. 64\nlet few = n <= 8\n";
  const std::string old_path = folder.write(
      "old.policy", facts + "let large = n > 32\n"
                            "decision first {\ntarget a\ntarget b\na when mx\nb otherwise\n}\n"
                            "let on_a = first == a\nlet old_alone = not few\n"
                            "target t\ntarget u\nt when few and on_a\nt when large\nu otherwise\n");
  const std::string new_path = folder.write(
      "new.policy", "fact extra : bool\n" + facts + "let large = n > 48\ntarget t\ntarget u\n"
                    "t when few and not mx\nt when large and extra\nu otherwise\n");
  CHECK(json_diff({old_path, new_path, "--region", "few and not extra"})["changed"] == 16);
  CHECK(json_diff({old_path, new_path, "--region", "old_alone and n <= 32"})["changed"] == 0);
  const auto told = [&](const std::string& region) {
    const ProcessResult result = policy_diff({old_path, new_path, "--region", region});
    CHECK(result.status == 2);
    return result.err;
  };
  CHECK(told("large").find("another condition in each policy") != std::string::npos);
  CHECK(told("on_a").find("reads a decision") != std::string::npos);
  CHECK(told("fwe").find("did you mean `few`?") != std::string::npos);
}

TEST_CASE("--by an attribute of an earlier decision says which decision has it") {
  const TemporaryFolder folder;
  const std::string text =
      "fact mx : bool\n"
      "decision first {\ntarget a { v = x }\ntarget b { v = y }\na when mx\nb otherwise\n}\n"
      "target t { w = 1 }\ntarget u\nt when first == a\nu otherwise\n";
  const std::string path = folder.write("p.policy", text);
  refused(policy_diff({path, path, "--by", "v"}),
          "only targets of the decision `first` have this attribute, and what is compared is the last "
          "decision, made by the rules outside any block, whose targets have `w`");
  CHECK(policy_diff({path, path, "--by", "w"}).status == 0);
}

TEST_CASE("--max-boxes cuts the boxes of a change; JSON has more of them by default") {
  const TemporaryFolder folder;
  std::string facts, points;
  facts += "fact n : int 0 .. 999\nfact m : int 0 .. 999\ntarget t\ntarget u\n";
  for (int i = 0; i < 40; ++i) {
    const std::string value = std::to_string(20 * i + 3);
    points += "  (n == " + value + " and m == " + value + (i < 39 ? ") or\n" : ")\n");
  }
  const std::string before = folder.write("1.policy", facts + "t otherwise\n");
  const std::string after = folder.write("2.policy", facts + "u when\n" + points + "t otherwise\n");
  const auto boxes = [&](std::vector<std::string> more) {
    more.insert(more.begin(), {before, after});
    const auto change = json_diff(more)["changes"][0];
    CHECK(change["count"] == 40);
    CHECK(change["complete"] == (change["boxes"].size() == 40));
    return change["boxes"].size();
  };
  CHECK(boxes({}) == 40);
  CHECK(boxes({"--max-boxes=0"}) == 40);
  CHECK(boxes({"--max-boxes=3"}) == 3);
  CHECK(boxes({"--max-boxes=33"}) == 33);
  const auto lines = [&](std::vector<std::string> more) {
    more.insert(more.begin(), {before, after});
    const std::string out = policy_diff(more).out;
    INFO(out);
    const auto count = std::count(out.begin(), out.end(), '\n');
    const bool says = out.find("and more that these boxes do not show; --max-boxes 0 shows all") !=
                      std::string::npos;
    CHECK(says == (count < 46));
    return count - (says ? 1 : 0) - 6;
  };
  CHECK(lines({}) == 32);
  CHECK(lines({"--max-boxes=0"}) == 40);
  CHECK(lines({"--max-boxes=1"}) == 1);
  refused(policy_diff({before, after, "--max-boxes=-1"}), "--max-boxes");
  refused(policy_diff({before, after, "--max-boxes=all"}), "--max-boxes");
}

TEST_CASE_METHOD(Policies, "unusable arguments are named") {
  refused(policy_diff({}), "none was given");
  refused(policy_diff({old_path}), "one was given");
  refused(policy_diff({old_path, new_path, old_path}), "more were given");
  refused(policy_diff({old_path, folder.path("none.policy")}), "no such file");
  refused(policy_diff({old_path, folder.path()}), "folder");
  refused(policy_diff({old_path, new_path, "--by", "famly"}), "did you mean `family`?");
  refused(policy_diff({old_path, new_path, "--by=family", "--reasons"}), "give one of them");
  refused(policy_diff({old_path, new_path, "--format=xml"}), "--format");
  for (const char* option : {"--by", "--expect", "--write-expect"}) {
    refused(policy_diff({old_path, new_path, option, ""}), std::string(option) + ": the value is empty");
  }
  refused(policy_diff({old_path, new_path, "--expect=a", "--write-expect=b"}), "give one of them");
  const std::string bad = folder.write("bad.policy", "fact a : bool\ntarget t\nt when b\n");
  refused(policy_diff({old_path, bad}), "bad.policy:3:8");
  const std::string cut = folder.write("cut.table", "SWYTABLE");
  CHECK(policy_diff({old_path, cut}).status == 2);
}

}  // namespace switchyard::testing
