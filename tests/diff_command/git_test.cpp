// Sides out of a repository, and git asking us.
#include <filesystem>

#include <catch2/catch.hpp>

#include "tests/diff_command/policies.h"
#include "tests/process/repository.h"

namespace switchyard::testing {
namespace {

const std::string kImporting = "import \"shared/x.facts\"\ntarget t\ntarget u\nu when x\nt otherwise\n";

// Two commits: the policy's rule changes, and so does what it imports.
struct History : Repository {
  std::string policy = "p.policy";
  History() {
    folder().write("shared/x.facts", "fact x : bool\nfact y : bool\n");
    folder().write(policy, kImporting);
    commit("first", 1);
    folder().write("shared/x.facts", "fact x : bool\nfact y : bool\nfact z : bool\n");
    folder().write(policy, kImporting.substr(0, kImporting.find("u when")) + "u when x and y\nt otherwise\n");
    commit("second", 2);
  }

  ProcessResult diff(std::vector<std::string> arguments, const std::string& sub = ".") const {
    return policy_diff(std::move(arguments), "", folder().path(sub));
  }
};

void refused(const ProcessResult& result, const std::string& part) {
  INFO(result.err);
  CHECK(result.status == 2);
  CHECK(result.out.empty());
  CHECK(result.err.find(part) != std::string::npos);
}

}  // namespace

TEST_CASE_METHOD(History, "a side as it was, with what it imported then") {
  const ProcessResult result = diff({"HEAD~1:p.policy", "p.policy"});
  CHECK(result.err.empty());
  CHECK(result.status == 1);
  CHECK(result.out.find("HEAD~1:p.policy -> p.policy") == 0);
  CHECK(result.out.find("2 of 8 combinations change") != std::string::npos);
  CHECK(result.out.find("`z` is added") != std::string::npos);
  CHECK(result.out.find("HEAD~1:p.policy:4: u when x") != std::string::npos);
  CHECK(diff({"HEAD:p.policy", "p.policy"}).status == 0);
  CHECK(diff({":p.policy", "HEAD:p.policy"}).status == 0);
  CHECK(diff({"main~1:p.policy", "HEAD~1:./../p.policy"}, "shared").status == 0);
  CHECK(diff({"HEAD:p.policy", "../p.policy"}, "shared").status == 0);
}

TEST_CASE_METHOD(History, "a file of that very name wins") {
  folder().write("HEAD~1:p.policy", "target t\nt otherwise\n");
  folder().write("plain.policy", "target t\nt otherwise\n");
  CHECK(diff({"HEAD~1:p.policy", "plain.policy"}).status == 0);
}

TEST_CASE_METHOD(History, "what git does not have ends with 2 and what to do") {
  refused(diff({"HEAD~9:p.policy", "p.policy"}), "git knows no revision `HEAD~9`");
  refused(diff({"HEAD:q.policy", "p.policy"}), "there is no `q.policy` in that revision");
  refused(diff({"HEAD:shared", "p.policy"}), "it is a folder");
  refused(diff({"HEAD:../p.policy", "p.policy"}), "outside the repository");
  refused(diff({"--", "--output=x:p.policy", "p.policy"}), "git knows no revision");
  CHECK_FALSE(std::filesystem::exists(folder().path("x:p.policy")));
  const TemporaryFolder elsewhere;
  refused(policy_diff({"HEAD:p.policy", "p.policy"}, "", elsewhere.path()), "not a git repository");
  refused(run_process({POLICYC, "diff", "HEAD:p.policy", "p.policy"}, "", {"PATH=" + elsewhere.path()},
                      folder().path()),
          "cannot find the program `git`");
}

TEST_CASE_METHOD(History, "a policy with errors in a revision is reported where it was") {
  folder().write(policy, "target t\nt when nope\n");
  commit("broken", 3);
  refused(diff({"HEAD:p.policy", "HEAD~1:p.policy"}), "HEAD:p.policy:2:8");
}

TEST_CASE_METHOD(History, "git diff shows it, and goes on") {
  folder().write(".gitattributes", "*.policy diff=policy\n");
  git({"config", "diff.policy.command", std::string(POLICYC) + " diff --git-driver"});
  folder().write("after.txt", "text\n");
  commit("third", 3);
  folder().write(policy, kImporting.substr(0, kImporting.find("u when")) + "u when x or y\nt otherwise\n");
  folder().write("after.txt", "other text\n");
  const ProcessResult unsaved = git({"diff"});
  INFO(unsaved.out << unsaved.err);
  CHECK(unsaved.status == 0);
  CHECK(unsaved.out.find("4 of 8 combinations change") != std::string::npos);
  CHECK(unsaved.out.find("+other text") != std::string::npos);
  const ProcessResult committed = git({"diff", "HEAD~2", "HEAD~1"});
  INFO(committed.out << committed.err);
  CHECK(committed.status == 0);
  CHECK(committed.out.find("2 of 8 combinations change") != std::string::npos);
  CHECK(committed.out.find("`z` is added") != std::string::npos);
  // Added, removed, renamed, broken: a line each, never a stop.
  folder().write("new.policy", "target t\nt otherwise\n");
  git({"add", "-N", "new.policy"});
  CHECK(git({"diff"}).out.find("policy added new.policy") != std::string::npos);
  folder().write(policy, "target t\nt when nope\n");
  const ProcessResult broken = git({"diff"});
  CHECK(broken.status == 0);
  CHECK(broken.out.find("cannot be compared: p.policy:2") != std::string::npos);
  CHECK(broken.out.find("+other text") != std::string::npos);
  std::filesystem::remove(folder().path(policy));
  CHECK(git({"diff"}).out.find("policy removed p.policy") != std::string::npos);
  git({"checkout", "-q", policy});
  git({"mv", policy, "moved.policy"});
  CHECK(git({"diff", "--cached", "-M"}).out.find("equal on all") != std::string::npos);
}

TEST_CASE("the driver says what git should have given it") {
  const ProcessResult result = policy_diff({"--git-driver", "a", "b"});
  CHECK(result.status == 2);
  CHECK(result.err.find("7 arguments") != std::string::npos);
  CHECK(policy_diff({"--git-driver", "a.policy"}).out == "policy a.policy: not merged yet\n");
}

}  // namespace switchyard::testing
