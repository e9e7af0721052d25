// What diff accepts, and what it says to what it does not.
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
  CHECK(report["changes"][0]["to"]["parameters"]["block_m"] == "32");
  CHECK(report["changes"][0]["boxes"].size() <= 2);
  CHECK(policy_diff({old_path, other, "--by=family"}).status == 0);
}

TEST_CASE_METHOD(Policies, "a region is looked at alone") {
  const auto report = json_diff({old_path, new_path, "--region", "mx and scheme == b"});
  CHECK(report["changed"] == 64);
  CHECK(policy_diff({old_path, new_path, "--region", "not mx and scheme == a"}).status == 0);
  refused(policy_diff({old_path, new_path, "--region", "schme == b"}), "did you mean `scheme`?");
  refused(policy_diff({old_path, new_path, "--region", "mx and"}), "expected");
  refused(policy_diff({old_path, new_path, "--region", "mx) let x = (mx"}), "--region");
  refused(policy_diff({old_path, new_path, "--region", "mx) target t fact f : bool let y = (mx"}),
          "--region");
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
  refused(policy_diff({old_path, new_path, "--expect=a", "--write-expect=b"}), "give one of them");
  const std::string bad = folder.write("bad.policy", "fact a : bool\ntarget t\nt when b\n");
  refused(policy_diff({old_path, bad}), "bad.policy:3:8");
  const std::string cut = folder.write("cut.table", "SWYTABLE");
  CHECK(policy_diff({old_path, cut}).status == 2);
}

}  // namespace switchyard::testing
