// policyc.toml: where it is found, what it changes, what the command line changes back, and every mistake
// that can be made in it.
#include <filesystem>

#include <catch2/catch.hpp>

#include "tests/driver/policyc.h"

namespace switchyard::testing {
namespace {

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

const std::string kUnused =
    "policy p\nfact mx : bool\nfact idle : bool\ntarget a\ntarget b\na when mx\nb otherwise\n";
const std::string kAllow = "[[allow]]\ncode = \"SY0325\"\nbecause = \"told for later\"\n";

}  // namespace

TEST_CASE("policyc.toml is found from the policy's folder up to the root of the repository") {
  const TemporaryFolder folder;
  std::filesystem::create_directories(folder.path("repository/.git"));
  std::filesystem::create_directories(folder.path("repository/deep/deeper"));
  const std::string policy = folder.write("repository/deep/deeper/p.policy", kUnused);
  CHECK(policyc({"verify", policy}).status == 1);
  folder.write("policyc.toml", kAllow);  // above the repository
  CHECK(policyc({"verify", policy}).status == 1);
  folder.write("repository/policyc.toml", kAllow);
  const ProcessResult found = policyc({"verify", policy});
  INFO(found.out << found.err);
  CHECK(found.status == 0);
  CHECK(has(found.out, "1 finding accepted"));
  CHECK(policyc({"verify", "--no-config", policy}).status == 1);
  // The nearest one alone counts.
  folder.write("repository/deep/policyc.toml", "");
  CHECK(policyc({"verify", policy}).status == 1);
  CHECK(policyc({"verify", "--config", folder.path("repository/policyc.toml"), policy}).status == 0);
  // From inside the folder, and from standard input, which stands in the current one.
  const auto inside = [&](const std::vector<std::string>& arguments, const std::string& place) {
    std::vector<std::string> all = {std::filesystem::absolute(POLICYC).string(), "verify"};
    all.insert(all.end(), arguments.begin(), arguments.end());
    return run_process(all, kUnused, {}, folder.path(place)).status;
  };
  CHECK(inside({"deep/deeper/p.policy"}, "repository") == 1);
  CHECK(inside({"-"}, "repository") == 0);
  CHECK(inside({"-"}, "repository/deep/deeper") == 1);
  // Outside a repository only the policy's own folder is looked into.
  const TemporaryFolder bare;
  std::filesystem::create_directories(bare.path("deep"));
  const std::string outside = bare.write("deep/p.policy", kUnused);
  bare.write("policyc.toml", kAllow);
  CHECK(policyc({"verify", outside}).status == 1);
  bare.write("deep/policyc.toml", kAllow);
  CHECK(policyc({"verify", outside}).status == 0);
}

TEST_CASE("policyc.toml: every key, and the command line wins") {
  const TemporaryFolder folder;
  const std::string policy = folder.write("p.policy", kUnused);
  const auto status = [&](const std::string& settings, std::vector<std::string> arguments = {}) {
    folder.write("policyc.toml", settings);
    arguments.insert(arguments.begin(), "verify");
    arguments.push_back(policy);
    const ProcessResult result = policyc(arguments);
    INFO(result.out << result.err);
    return result.status;
  };
  CHECK(status("") == 1);
  CHECK(status("[verify]\nmax-warnings = 1\n") == 0);
  CHECK(status("[verify]\nmax-warnings = 1\n", {"--max-warnings", "0"}) == 1);
  CHECK(status("[verify]\n", {"--max-warnings", "1"}) == 0);
  CHECK(status("[verify]\nmax-warnings = 1\ndeny = [\"unused-fact\"]\n") == 1);
  CHECK(status("[verify]\ndeny = [\"SY0325\"]\n" + kAllow) == 1);  // of both, denying wins
  CHECK(status("[verify]\ndeny = [\"SY0325\"]\n", {"--allow", "UnusedFact"}) == 0);
  CHECK(status(kAllow) == 0);
  CHECK(status(kAllow, {"--deny", "UnusedFact"}) == 1);
  CHECK(status(kAllow + "files = \"*.policy\"\n") == 0);
  CHECK(status(kAllow + "files = \"old/*\"\n") == 1);
  CHECK(status(kAllow + "files = \"old/*\"\n" + kAllow + "files = \"p.*\"\n") == 0);

  folder.write("kernels.requires", "a requires not mx\n");
  CHECK(status(kAllow + "[verify]\ncapabilities = [\"kernels.requires\"]\n") == 1);
  const std::string other = folder.write("other.requires", "a requires mx\n");
  CHECK(status(kAllow + "[verify]\ncapabilities = [\"kernels.requires\"]\n",
               {"--capabilities", other}) == 0);
  CHECK(status(kAllow + "[verify]\ncapabilities = [\"none.requires\"]\n") == 2);
}

TEST_CASE("policyc.toml: reasons reach the reports") {
  const TemporaryFolder folder;
  const std::string policy = folder.write("p.policy", kUnused);
  folder.write("policyc.toml", kAllow);
  CHECK(has(policyc({"verify", "--format", "sarif", policy}).out,
            "\"justification\": \"told for later\""));
}

TEST_CASE("policyc.toml: each mistake is told with its place and what to do, all at once") {
  const TemporaryFolder folder;
  const std::string policy = folder.write("p.policy", kUnused);
  const std::string path = folder.path("policyc.toml");
  const auto told = [&](const std::string& settings, const std::string& place,
                        const std::string& message) {
    folder.write("policyc.toml", settings);
    const ProcessResult result = policyc({"verify", policy});
    INFO(result.err);
    CHECK(result.status == 2);
    CHECK(has(result.err, path + ":" + place + ": " + message));
    CHECK(has(result.out, "p.policy: could not be verified"));
  };
  told("[verify]\nmax-warning = 3\n", "2:1", "`[verify]` has no key `max-warning`; did you mean `max-warnings`?");
  told("x = 1\n", "1:1", "the file has no key `x`; it knows `verify`, `allow`");
  told("verify = 3\n", "1:10", "`verify` is an integer; write a table: `[verify]`");
  told("[verify]\nmax-warnings = \"3\"\n", "2:16", "`max-warnings` is a string; write a number");
  told("[verify]\nmax-warnings = 1.5\n", "2:16", "`max-warnings` is a float; write a number");
  told("[verify]\nmax-warnings = -1\n", "2:16", "`max-warnings` is negative; 0 is the least");
  told("[verify]\ndeny = \"SY0325\"\n", "2:8", "`deny` is a string; write an array of codes or names");
  told("[verify]\ndeny = [true]\n", "2:9", "`deny` is a boolean; write an array of codes or names");
  told("[verify]\ndeny = [\"SlowerTargt\"]\n", "2:9",
       "no finding has the code or name `SlowerTargt`; did you mean `SlowerTarget`?");
  told("[verify]\ncapabilities = \"k\"\n", "2:16", "`capabilities` is a string; write an array of files");
  told("[allow]\ncode = \"SY0325\"\n", "1:1", "`allow` is a table; write a table for each: `[[allow]]`");
  told("allow = [1979-05-27]\n", "1:10", "`allow` is a date; write a table for each: `[[allow]]`");
  told("[[allow]]\nbecause = \"x\"\n", "1:1", "this `[[allow]]` names no finding; add `code = ");
  told("[[allow]]\ncode = \"SY0325\"\n", "1:1", "this `[[allow]]` gives no reason; add `because = ");
  told("[[allow]]\ncode = \"SY0325\"\nbecause = \" \"\n", "3:11", "this `because` gives no reason: its text is empty");
  told("[[allow]]\ncode = 325\nbecause = \"x\"\n", "2:8", "`code` is an integer; write a code or name");
  told("[[allow]]\ncode = \"SY0325\"\nbecause = {}\n", "3:11", "`because` is a table; write the reason");
  told("[[allow]]\ncode = \"SY0302\"\nbecause = \"x\"\n", "2:8", "SY0302 (Undecided) is an error and cannot be allowed");
  told("[[allow]]\ncode = \"SY0399\"\nbecause = \"x\"\n", "2:8", "no finding has the code or name `SY0399`");
  told(kAllow + "file = \"x\"\n", "4:1", "`[[allow]]` has no key `file`; did you mean `files`?");
  told(kAllow + "files = []\n", "4:9", "`files` is an array; write a pattern");
  told(kAllow + "files = \"\"\n", "4:9", "`files` matches none; leave it out for all");
  told("[verify\n", "1:8", "this is not TOML: ");
  told("[verify]\ndeny = []\ndeny = []\n", "3:8", "this is not TOML: ");
  told("\xff = 1\n", "1:1", "this is not TOML: ");
  std::string deep = "[verify]\n";
  for (int i = 0; i < 300'000; ++i) deep += "a.";
  told(deep + "b = 1\n", "2:1", "this line has more than 4096 dots; break it into shorter ones");
  told("a = " + std::string(100'000, '['), "1:261", "this is not TOML: ");
  // Several at once, in the order of the text, once for all files.
  folder.write("policyc.toml", "y = 1\na = 2\n[verify]\nmax-warnings = -2\n");
  const std::string second = folder.write("q.policy", kUnused);
  const std::string all = policyc({"verify", policy, second}).err;
  const std::size_t y = all.find(":1:1: "), a = all.find(":2:1: "), most = all.find(":4:16: ");
  CHECK((y < a && a < most && most != std::string::npos));
  CHECK(all.find(":1:1: ", y + 1) == std::string::npos);

  const ProcessResult missing = policyc({"verify", "--config", folder.path("none.toml"), policy});
  CHECK(missing.status == 2);
  CHECK(has(missing.err, "none.toml"));
  const std::string advice =
      "it is a folder; settings are a file: name one with --config, or read none with --no-config";
  const ProcessResult named = policyc({"verify", "--config", folder.path(), policy});
  CHECK(named.status == 2);
  CHECK(has(named.err, advice));
  const TemporaryFolder with;
  std::filesystem::create_directories(with.path("policyc.toml"));
  const ProcessResult found = policyc({"verify", with.write("p.policy", kUnused)});
  CHECK(found.status == 2);
  CHECK(has(found.err, advice));
  CHECK(policyc({"verify", "--no-config", with.path("p.policy")}).status == 1);
  const ProcessResult both = policyc({"verify", "--config", path, "--no-config", policy});
  CHECK(both.status == 2);
  CHECK(has(both.err, "--no-config"));
  const ProcessResult large =
      policyc({"verify", "--config", folder.write("large.toml", std::string(2 << 20, '#')), policy});
  CHECK(large.status == 2);
  CHECK(has(large.err, "more than 1 MiB; settings hold `[verify]` and `[[allow]]` alone"));
  CHECK(has(large.err, "large.toml"));
}

}  // namespace switchyard::testing
