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

TEST_CASE("errors that cannot be written leave the exit status as it is") {
  for (const std::string arguments : {"--no-such", "nonsense", "verify none.policy", "eval none.policy",
                                      "fmt --check none.policy", "new /", ""}) {
    INFO(arguments);
    const ProcessResult full =
        run_process({"/bin/sh", "-c", "\"$0\" " + arguments + " 2> /dev/full", POLICYC});
    CHECK(full.status == 2);
  }
}

TEST_CASE("help and version that cannot be written are an error") {
  const auto status_and_message = [](const std::string& arguments) {
    const ProcessResult full =
        run_process({"/bin/sh", "-c", "\"$0\" " + arguments + " > /dev/full", POLICYC});
    INFO(arguments << ": " << full.err);
    CHECK(full.status == 2);
    CHECK(full.err.find("cannot write to standard output: ") != std::string::npos);
  };
  for (const std::string command : {"compile", "verify", "eval", "explain", "diff", "history", "inspect",
                                    "fmt", "audit", "coverage", "gen-tests", "test", "new"}) {
    status_and_message(command + " --help");
    status_and_message(command + " --version");
    status_and_message("help " + command);
  }
  for (const std::string arguments : {"--help", "-h", "help", "--version", "--explain --help", "--explain"}) {
    status_and_message(arguments);
  }
}

TEST_CASE("what stands beside --version or behind help is refused, not ignored") {
  const auto refused = [](const std::vector<std::string>& arguments, const std::string& message) {
    const ProcessResult result = policyc(arguments);
    INFO(result.err);
    CHECK(result.status == 2);
    CHECK(result.out.empty());
    CHECK(result.err.find(message) != std::string::npos);
  };
  refused({"--version", "x"}, "policyc: --version stands alone; leave out `x`\n");
  refused({"verify", "--version", "x"}, "policyc: --version stands alone; leave out `x`\n");
  refused({"./x", "--version"}, "leave out `./x`");
  refused({"eval", "--version", "--color", "never"}, "leave out `--color`");
  CHECK(policyc({"--version", "--version"}).status == 0);
  refused({"help", "evla"}, "policyc: no command `evla`; did you mean `eval`?\n");
  refused({"help", "eval", "x"}, "policyc: help is given for one command; leave out `x`\n");
  CHECK(policyc({"--help", "eval"}).out == policyc({"eval", "--help"}).out);
}

TEST_CASE("a misspelt option or command is answered with the nearest one") {
  const TemporaryFolder folder;
  const std::string policy = folder.write("sample.policy", kPolicy);
  const auto refused = [](const std::vector<std::string>& arguments, const std::string& message) {
    const ProcessResult result = policyc(arguments);
    INFO(result.err);
    CHECK(result.status == 2);
    CHECK(result.err.starts_with("policyc: " + message + "\n`policyc"));
    CHECK(result.err.find("--help`") != std::string::npos);
  };
  refused({"--verfy", policy}, "there is no option `--verfy`; did you mean `--verify`?");
  refused({"--verfy"}, "there is no option `--verfy`; did you mean `--verify`?");
  refused({"--explian", "SY0302"}, "there is no option `--explian`; did you mean `--explain`?");
  refused({"--hlep"}, "there is no option `--hlep`; did you mean `--help`?");
  refused({policy, "--verify"}, "`--verify` stands first: `policyc --verify …`");
  refused({policy, "--dmp=ast"}, "there is no option `--dmp`; did you mean `--dump`?");
  refused({"verify", "--max-warning", "3", policy},
          "there is no option `--max-warning`; did you mean `--max-warnings`?");
  refused({"verify", "--max-warning=3", policy},
          "there is no option `--max-warning`; did you mean `--max-warnings`?");
  refused({"diff", policy, policy, "--nonsense"}, "there is no option `--nonsense`");
  refused({"inspect", "-z", policy}, "there is no option `-z`");
  refused({"gen-test", policy}, "no command or file `gen-test`; did you mean `gen-tests`?");
  refused({"verfy", policy}, "no command or file `verfy`; did you mean `verify`?");
  // What is no option is not taken for one.
  const ProcessResult extra = policyc({"inspect", policy, "--", "-z"});
  CHECK(extra.status == 2);
  CHECK(extra.err.find("option") == std::string::npos);
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
