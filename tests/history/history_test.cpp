// Histories of every shape: imports, renames, broken and removed versions, merges.
#include <filesystem>

#include <catch2/catch.hpp>

#include "tests/history/versions.h"

namespace switchyard::testing {
namespace {

const std::string kHead = "fact a : bool\nfact n : int 1 .. 8\ntarget t\ntarget u\n";

std::string rule(const std::string& condition) { return kHead + "u when " + condition + "\nt otherwise\n"; }

void refused(const ProcessResult& result, const std::string& part) {
  INFO(result.out << result.err);
  CHECK(result.status == 2);
  CHECK(result.out.empty());
  CHECK(result.err.find(part) != std::string::npos);
}

}  // namespace

TEST_CASE_METHOD(Versions, "only commits that change the function are shown") {
  folder().write("p.policy", rule("a"));
  const std::string first = commit("first", 1);
  folder().write("p.policy", rule("a and (n <= 3 or n >= 4)"));
  const std::string reworded = commit("the same in other words", 2);
  folder().write("other.txt", "x");
  commit("another file", 3);
  folder().write("p.policy", rule("a and n > 2"));
  const std::string narrower = commit("narrower", 4);
  const ProcessResult result = history({"p.policy"});
  INFO(result.out << result.err);
  CHECK(result.out == narrower + "  2026-01-04  Ada  narrower\n  2: u -> t\n    where a, n <= 2\n" + first +
                          "  2026-01-01  Ada  first\n  the first version\n");
  CHECK(history({"p.policy", "n=7"}).out.find(narrower) == std::string::npos);
  CHECK(history({"p.policy", "n=1", "a=1"}).out.find(narrower) == 0);
  CHECK(history({"p.policy", "--first-bad", "--bad=t", "a=true", "n=1"}).out.find(narrower) == 0);
  const ProcessResult always = history({"p.policy", "--first-bad", "--bad=t"});
  CHECK(always.out.find("it has always been so") != std::string::npos);
  const ProcessResult never = history({"p.policy", "--first-bad", "--bad=refused"});
  CHECK(never.status == 1);
  CHECK(never.out == "no version is bad\n");
}

TEST_CASE_METHOD(Versions, "imports count, whenever they were imported, from any folder") {
  folder().write("facts/x.facts", "fact a : bool\nlet on = a\n");
  folder().write("sub/p.policy",
                 "import \"../facts/x.facts\"\ntarget t\ntarget u\nu when on\nt otherwise\n");
  commit("first", 1);
  folder().write("facts/x.facts", "fact a : bool\nlet on = not a\n");
  const std::string turned = commit("turned", 2);
  folder().write("sub/p.policy", "fact a : bool\ntarget t\ntarget u\nu when not a\nt otherwise\n");
  const std::string inlined = commit("inlined", 3);
  for (const auto& [path, from] : std::vector<std::pair<std::string, std::string>>{
           {"sub/p.policy", "."}, {"p.policy", "sub"}, {"../sub/p.policy", "facts"},
           {folder().path("sub/p.policy"), "."}}) {
    const ProcessResult result = history({path}, from);
    INFO(path << "\n" << result.out << result.err);
    CHECK(result.status == 0);
    CHECK(result.out.find(turned) == 0);
    CHECK(result.out.find(inlined) == std::string::npos);
    CHECK(occurrences(result.out, " -> ") == 2);
  }
}

TEST_CASE_METHOD(Versions, "a policy of another repository than the current folder's is asked there") {
  folder().write("sub/deep/x.facts", "fact a : bool\n");
  folder().write("sub/p.policy", "import \"deep/x.facts\"\ntarget t\ntarget u\nu when a\nt otherwise\n");
  const std::string first = commit("first", 1);
  folder().write("sub/deep/old.policy",  // like nothing else, or git takes it for a copy
                 "policy old\nfact size : int 1 .. 10\ntarget small\ntarget large\n"
                 "small when size < 4\nlarge otherwise\n");
  const std::string old = commit("old", 2);
  std::filesystem::remove_all(folder().path("sub/deep"));
  folder().write("sub/p.policy", "fact a : bool\ntarget t\ntarget u\nu when not a\nt otherwise\n");
  const std::string turned = commit("turned", 3);
  const Versions other;
  other.folder().write("p.policy", "fact other : bool\n");
  other.commit("other", 1);
  const TemporaryFolder none;
  const std::string program = std::filesystem::absolute(POLICYC).string();
  const auto from = [&](const std::string& place, const std::string& path) {
    return run_process({program, "history", path}, "", environment(), place);
  };
  for (const std::string& place : {other.folder().path(), none.path(), folder().path()}) {
    const ProcessResult result = from(place, folder().path("sub/p.policy"));
    INFO(place << "\n" << result.out << result.err);
    CHECK(result.status == 0);
    CHECK(occurrences(result.out, turned + "  ") == 1);
    CHECK(occurrences(result.out, first + "  ") == 1);
  }
  // Relative paths too, and where the file and its folder are gone.
  const std::string relative =
      std::filesystem::path(folder().path("sub/deep/old.policy")).lexically_relative(none.path()).string();
  const ProcessResult gone = from(none.path(), relative);
  INFO(gone.out << gone.err);
  CHECK(gone.status == 0);
  CHECK(occurrences(gone.out, old + "  ") == 1);
  CHECK(occurrences(gone.out, turned + "  ") == 1);
}

TEST_CASE_METHOD(Versions, "a repository that the environment names stays that one") {
  folder().write("p.policy", rule("a"));
  const std::string first = commit("first", 1);
  std::vector<std::string> settings = environment();
  settings.push_back("GIT_DIR=.git");  // as in a hook
  for (const std::string& path : {std::string("p.policy"), folder().path("p.policy")}) {
    const ProcessResult result = run_process({std::filesystem::absolute(POLICYC).string(), "history", path},
                                             "", settings, folder().path());
    INFO(path << "\n" << result.out << result.err);
    CHECK(result.status == 0);
    CHECK(occurrences(result.out, first + "  ") == 1);
  }
}

TEST_CASE_METHOD(Versions, "renames are followed") {
  folder().write("old.policy", rule("a"));
  const std::string first = commit("first", 1);
  git({"mv", "old.policy", "new.policy"});
  const std::string moved = commit("moved", 2);
  folder().write("new.policy", rule("not a"));
  const std::string turned = commit("turned", 3);
  const ProcessResult result = history({"new.policy"});
  INFO(result.out << result.err);
  CHECK(result.out.find(turned) == 0);
  CHECK(result.out.find(moved) == std::string::npos);
  CHECK(result.out.find(first) != std::string::npos);
}

TEST_CASE_METHOD(Versions, "versions that cannot be read are shown and skipped over") {
  folder().write("p.policy", rule("a"));
  commit("first", 1);
  folder().write("p.policy", rule("nope"));
  const std::string broken = commit("broken", 2);
  std::filesystem::remove(folder().path("p.policy"));
  const std::string removed = commit("removed", 3);
  folder().write("p.policy", rule("not a"));
  const std::string back = commit("back", 4);
  const ProcessResult result = history({"p.policy"});
  INFO(result.out << result.err);
  CHECK(result.status == 0);
  CHECK(result.out.find(back) == 0);
  CHECK(result.out.find("8: t -> u") != std::string::npos);
  CHECK(result.out.find(removed + "  2026-01-03  Ada  removed\n  skipped: it was removed") !=
        std::string::npos);
  CHECK(result.out.find(broken + "  2026-01-02  Ada  broken\n  skipped: it has errors, the first at " +
                        broken + ":p.policy:5") != std::string::npos);
  const ProcessResult first_bad = history({"p.policy", "a=0", "--first-bad", "--bad=u"});
  CHECK(first_bad.out.find(back) == 0);
  CHECK(first_bad.out.find("not asked in between") != std::string::npos);
}

TEST_CASE_METHOD(Versions, "what a merge brought is the merge's") {
  folder().write("p.policy", rule("a"));
  commit("first", 1);
  git({"checkout", "-q", "-b", "topic"});
  folder().write("p.policy", rule("not a"));
  const std::string inside = commit("inside", 2);
  git({"checkout", "-q", "main"});
  folder().write("other.txt", "x");
  commit("beside", 3);
  REQUIRE(git({"merge", "-q", "--no-ff", "-m", "merge topic", "topic"}).status == 0);
  const ProcessResult result = history({"p.policy"});
  INFO(result.out << result.err);
  CHECK(result.out.find("merge topic\n  8: ") != std::string::npos);
  CHECK(result.out.find(inside) == std::string::npos);
}

TEST_CASE_METHOD(Versions, "facts that came later say nothing before") {
  folder().write("p.policy", "fact a : bool\ntarget t\ntarget u\nu when a\nt otherwise\n");
  commit("first", 1);
  folder().write("p.policy", "fact a : bool\ntarget t\ntarget u\nt otherwise\n");
  const std::string second = commit("second", 2);
  folder().write("p.policy", "fact a : bool\nfact late : bool\ntarget t\ntarget u\nu when late\nt otherwise\n");
  const std::string third = commit("third", 3);
  const ProcessResult result = history({"p.policy", "late=false"});
  INFO(result.out << result.err);
  CHECK(result.out.find(third) == std::string::npos);
  CHECK(result.out.find(second) == 0);
  const ProcessResult region = history({"p.policy", "--region", "not late"});
  INFO(region.out);
  CHECK(region.out.find("skipped: ") != std::string::npos);
}

TEST_CASE_METHOD(Versions, "a fact has one value") {
  folder().write("p.policy", rule("a"));
  commit("first", 1);
  refused(history({"p.policy", "a=true", "n=2", "a=false"}), "fact `a` is given twice");
}

TEST_CASE_METHOD(Versions, "a shallow clone does not blame its oldest commit") {
  folder().write("p.policy", rule("n > 1"));
  commit("good", 1);
  folder().write("p.policy", rule("a"));
  const std::string bad = commit("bad", 2);
  folder().write("p.policy", rule("a") + "# again\n");
  commit("comment", 3);
  const std::vector<std::string> question = {"p.policy", "a=true", "n=1", "--first-bad", "--bad=u"};
  CHECK(history(question).out.find(bad) == 0);
  REQUIRE(git({"clone", "-q", "--depth=1", "file://" + folder().path("."), "shallow"}).status == 0);
  const ProcessResult there = history(question, "shallow");
  CHECK(there.status == 2);
  CHECK(there.out.empty());
  CHECK(there.err.find("`git fetch --unshallow` gets the rest") != std::string::npos);
  CHECK(history({"p.policy"}, "shallow").out.find("the oldest version in this shallow clone") !=
        std::string::npos);
}

TEST_CASE_METHOD(Versions, "a guarantee breaks, with an input, and is mended") {
  const std::string promise = "guarantee g: n == 1 implies t\n";
  folder().write("p.policy", rule("a and n > 1") + promise);
  commit("first", 1);
  folder().write("p.policy", rule("a") + promise);
  const std::string broken = commit("broken", 2);
  folder().write("p.policy", rule("a and n > 2") + promise);
  const std::string mended = commit("mended", 3);
  const ProcessResult result = history({"p.policy", "--guarantee=g"});
  INFO(result.out << result.err);
  CHECK(result.out.find(mended) == 0);
  CHECK(result.out.find("`g` is broken\n  for example a = true, n = 1") != std::string::npos);
  const ProcessResult bad = history({"p.policy", "--guarantee=g", "--first-bad"});
  CHECK(bad.out.find(broken) == 0);
  CHECK(bad.out.find("good again: " + mended) != std::string::npos);
}

TEST_CASE_METHOD(Versions, "what cannot be asked ends with 2 and what to do") {
  folder().write("p.policy", rule("a"));
  commit("first", 1);
  folder().write("new.policy", rule("a"));
  refused(history({"new.policy"}), "no commit has `new.policy`");
  refused(history({}), "PATH");
  refused(history({"p.policy", "b=1"}), "no version of the policy has a fact `b`");
  refused(history({"p.policy", "a"}), "is not FACT=VALUE");
  refused(history({"p.policy", "n=many"}), "cannot be read by any version");
  refused(history({"p.policy", "--region", "a and"}), "cannot be read by any version");
  refused(history({"p.policy", "--region", "m > 2"}), "cannot be read by any version");
  refused(history({"p.policy", "--region", "a and m > 2"}), "--region:1:7");
  refused(history({"p.policy", "--region", ""}), "--region: the value is empty");
  folder().write("let.policy", "let many = n > 2\n" + rule("a and many"));
  commit("with a let", 2);
  refused(history({"let.policy", "--region", "many"}), "may be another condition in each version");
  refused(history({"p.policy", "--guarantee", "g"}), "no version of the policy has a guarantee `g`");
  refused(history({"p.policy", "--by", "family"}), "the attribute `family`");
  refused(history({"p.policy", "--first-bad"}), "needs to know what is bad");
  refused(history({"p.policy", "--bad", "t"}), "goes with --first-bad");
  refused(history({"p.policy", "--first-bad", "--bad", "tt"}), "a target `tt`");
  refused(history({"p.policy", "a=1", "--guarantee", "g"}), "asks by itself");
  refused(history({"../p.policy"}), "`../p.policy` is not in a git repository; name a policy that is committed");
  refused(history({"gone/../../p.policy"}), "outside the repository");
  refused(history({"--", "--output=x"}), "no commit has");
  const TemporaryFolder elsewhere;
  refused(run_process({POLICYC, "history", "p.policy"}, "", {}, elsewhere.path()),
          "`p.policy` is not in a git repository");
  const Versions empty;
  refused(empty.history({"p.policy"}), "has no commit yet; commit `p.policy` first");
}

}  // namespace switchyard::testing
