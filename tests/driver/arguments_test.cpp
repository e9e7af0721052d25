#include <catch2/catch.hpp>

#include "tests/driver/policyc.h"

namespace switchyard::testing {

TEST_CASE("every command explains itself with an example and knows its version") {
  for (const std::string command :
       {"compile", "diff", "eval", "explain", "history", "inspect", "fmt", "new"}) {
    INFO(command);
    const ProcessResult help = policyc({command, "--help"});
    CHECK(help.status == 0);
    CHECK(help.out.find("Example:") != std::string::npos);
    const ProcessResult version = policyc({command, "--version"});
    CHECK(version.status == 0);
    CHECK(version.out.find("table format") != std::string::npos);
  }
  CHECK(policyc({"--help"}).out.find("Example:") != std::string::npos);
  CHECK(policyc({"--version"}).out.find("git") != std::string::npos);
  CHECK(policyc({"help", "eval"}).out.find("jsonl") != std::string::npos);
}

TEST_CASE("unusable arguments are named and end with status 2") {
  const TemporaryFolder folder;
  CHECK(policyc({}).status == 2);
  CHECK(policyc({"no_such.policy"}).status == 2);
  CHECK(policyc({"no_such.policy"}).err.find("no such file") != std::string::npos);
  CHECK(policyc({folder.path()}).err.find("folder") != std::string::npos);
  CHECK(policyc({"-", "--dump=everything"}).status == 2);
  CHECK(policyc({"-", "--nonsense"}).err.find("--nonsense") != std::string::npos);
  // A misspelt command is taken for a file: the message helps with both.
  const ProcessResult misspelt = policyc({"evla", "x.policy"});
  CHECK(misspelt.status == 2);
  CHECK(misspelt.err.find("did you mean `eval`?") != std::string::npos);
  const std::string policy = folder.write("sample.policy", kPolicy);
  const ProcessResult onto_itself = policyc({policy, "-o", policy});
  CHECK(onto_itself.status == 2);
  CHECK(read_file(policy) == kPolicy);
  const ProcessResult nowhere = policyc({policy, "-o", folder.path("none/a.table")});
  CHECK(nowhere.status == 2);
  CHECK(nowhere.err.find("none") != std::string::npos);
}

TEST_CASE("inspect prints what a table holds, and says what is wrong with a file that is none") {
  const TemporaryFolder folder;
  const std::string policy = folder.write("sample.policy", kPolicy);
  REQUIRE(policyc({policy, "-o", folder.path("a.table")}).status == 0);
  const ProcessResult result = policyc({"inspect", folder.path("a.table")});
  CHECK(result.status == 0);
  CHECK(result.out.find("scheme") != std::string::npos);
  CHECK(result.out.find("sample") != std::string::npos);
  const ProcessResult foreign = policyc({"inspect", policy});
  CHECK(foreign.status == 2);
  CHECK(foreign.err.find("not a") != std::string::npos);
  const std::string bytes = read_file(folder.path("a.table"));
  const ProcessResult cut =
      policyc({"inspect", folder.write("cut.table", bytes.substr(0, bytes.size() / 2))});
  CHECK(cut.status == 2);
}

}  // namespace switchyard::testing
