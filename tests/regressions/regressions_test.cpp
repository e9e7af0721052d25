#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "tests/process/process.h"
#include "tests/regressions/check_file.h"

// Real dispatch regressions, each as a small policy with the fault and one without: the finding that
// catches it appears, and is gone after the fix.
namespace switchyard::testing {

namespace {

namespace fs = std::filesystem;

const std::string kFolder = "tests/regressions";

std::vector<std::string> cases() {
  std::vector<std::string> names;
  for (const fs::directory_entry& entry : fs::directory_iterator(kFolder)) {
    if (entry.is_directory()) names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

ProcessResult run(const std::string& name, const CheckedCommand& command) {
  std::vector<std::string> arguments = {"/bin/sh", "-c", "cd \"$0\" && exec \"$@\"",
                                        kFolder + "/" + name};
  arguments.push_back(command.words[0] == "moe" ? MOE : POLICYC);
  arguments.insert(arguments.end(), command.words.begin() + 1, command.words.end());
  return run_process(arguments, "", command.environment);
}

}  // namespace

TEST_CASE("every regression is caught by the check that its case names") {
  const std::vector<std::string> names = cases();
  REQUIRE(names.size() >= 24);
  for (const std::string& name : names) {
    const CheckFile file = read_check_file(read_file(kFolder + "/" + name + "/check.txt"));
    INFO(name);
    INFO(fmt::format("{}", fmt::join(file.problems, "\n")));
    REQUIRE(file.problems.empty());
    for (const CheckedCommand& command : file.commands) {
      INFO("check.txt:" << command.line);
      REQUIRE((command.words[0] == "policyc" || command.words[0] == "moe"));
      const ProcessResult result = run(name, command);
      const std::string all = result.out + result.err;
      INFO(all);
      CHECK(result.status == command.status);
      for (const std::string& text : command.says) {
        INFO("must say: " << text);
        CHECK(all.find(text) != std::string::npos);
      }
      for (const std::string& text : command.never_says) {
        INFO("must not say: " << text);
        CHECK(all.find(text) == std::string::npos);
      }
    }
  }
}

TEST_CASE("a case looks at both sides: one command finds the fault, one finds nothing") {
  for (const std::string& name : cases()) {
    INFO(name);
    const CheckFile file = read_check_file(read_file(kFolder + "/" + name + "/check.txt"));
    bool finds = false, passes = false, before = false, after = false;
    for (const CheckedCommand& command : file.commands) {
      // A finding is a status or, where the answer itself is the finding, its text.
      (command.status != 0 || !command.says.empty() ? finds : passes) = true;
      if (command.status == 0) passes = true;
      for (const std::string& word : command.words) {
        before = before || word == "before.policy";
        after = after || word == "after.policy";
      }
    }
    CHECK(finds);
    CHECK(passes);
    CHECK(before);
    CHECK(after);
  }
}

TEST_CASE("the table of docs/regressions.md and the cases name each other") {
  const std::string page = read_file("docs/regressions.md");
  for (const std::string& name : cases()) {
    INFO(name << " must be linked from docs/regressions.md");
    CHECK(page.find("../tests/regressions/" + name) != std::string::npos);
  }
}

TEST_CASE("a check file that cannot be read says why") {
  CHECK(read_check_file("").problems.size() == 2);
  CHECK(read_check_file("# t\n$ policyc x\n? what\n").problems.size() == 1);
  const CheckFile file = read_check_file("# t\n$ A=1 policyc eval 'a b' x=2\n= 1\n> y\n! z\n");
  REQUIRE(file.commands.size() == 1);
  CHECK(file.problems.empty());
  CHECK(file.commands[0].environment == std::vector<std::string>{"A=1"});
  CHECK(file.commands[0].words == std::vector<std::string>{"policyc", "eval", "a b", "x=2"});
  CHECK(file.commands[0].status == 1);
}

}  // namespace switchyard::testing
