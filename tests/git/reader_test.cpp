// Files of a revision: through every kind of name, and never an option of git.
#include <filesystem>

#include <catch2/catch.hpp>

#include "compiler/git/objects.h"
#include "compiler/git/revision_path.h"
#include "compiler/git/revision_reader.h"
#include "compiler/parse/parse.h"
#include "tests/process/repository.h"

namespace switchyard::testing {
namespace {

constexpr std::size_t kLimit = 1 << 20;

// git looks for its repository from the current folder upwards.
class Inside {
 public:
  explicit Inside(const std::string& folder) : before_(std::filesystem::current_path()) {
    std::filesystem::current_path(folder);
  }
  ~Inside() { std::filesystem::current_path(before_); }

 private:
  std::filesystem::path before_;
};

std::shared_ptr<git::Objects> objects() {
  Expected<git::Objects> opened = git::Objects::open();
  REQUIRE(opened.has_value());
  return std::make_shared<git::Objects>(std::move(*opened));
}

std::string read(const std::string& revision, const std::string& path) {
  const auto text = git::RevisionReader(objects(), revision).read(path, kLimit);
  return text ? *text : "error: " + text.error().message;
}

}  // namespace

TEST_CASE("REV:path is taken apart at the first colon") {
  const auto parsed = git::parse_revision_path("HEAD~1:a/b:c.policy");
  REQUIRE(parsed.has_value());
  CHECK(parsed->revision == "HEAD~1");
  CHECK(parsed->path == "a/b:c.policy");
  CHECK(git::parse_revision_path(":a.policy")->revision.empty());
  CHECK_FALSE(git::parse_revision_path("a.policy").has_value());
  CHECK_FALSE(git::parse_revision_path("HEAD:").has_value());
  CHECK(git::path_from_top("a/../b.policy", "sub/") == "b.policy");
  CHECK(git::path_from_top("./b.policy", "sub/") == "sub/b.policy");
  CHECK(git::path_from_top("../b.policy", "sub/") == "b.policy");
}

TEST_CASE("files are read as they were, with names and contents of every kind") {
  const Repository repository;
  const std::string odd = "a b/\xC3\xA9 \"x\".policy";
  repository.folder().write("one.policy", "first\n");
  repository.folder().write(odd, std::string("\0binary\n\n", 9));
  repository.folder().write("empty.policy", "");
  repository.commit("first");
  repository.folder().write("one.policy", "second");
  const std::string hash = repository.commit("second");
  repository.folder().write("one.policy", "staged");
  repository.git({"add", "-A"});
  repository.folder().write("one.policy", "unsaved");
  const Inside inside(repository.folder().path());
  CHECK(read("HEAD~1", "one.policy") == "first\n");
  CHECK(read("HEAD", "one.policy") == "second");
  CHECK(read(hash, "one.policy") == "second");
  CHECK(read("main", odd) == std::string("\0binary\n\n", 9));
  CHECK(read("main", "empty.policy").empty());
  CHECK(read("", "one.policy") == "staged");
  // One running git answers many questions, the unanswerable ones included.
  const auto shared = objects();
  for (int round = 0; round < 3; ++round) {
    CHECK(git::RevisionReader(shared, "HEAD").read("one.policy", kLimit) == "second");
    CHECK_FALSE(git::RevisionReader(shared, "no such").read("one.policy", kLimit).has_value());
  }
}

TEST_CASE("what git does not have is said, with what to do") {
  const Repository repository;
  repository.folder().write("sub/one.policy", "0123456789");
  repository.commit("first");
  const Inside inside(repository.folder().path());
  const auto has = [](const std::string& text, const std::string& part) {
    INFO(text);
    CHECK(text.starts_with("error: "));
    CHECK(text.find(part) != std::string::npos);
  };
  has(read("HEAD~7", "sub/one.policy"), "git knows no revision `HEAD~7`");
  has(read("HEAD", "one.policy"), "there is no `one.policy` in that revision");
  has(read("HEAD", "sub"), "it is a folder");
  has(read("HEAD", "../one.policy"), "outside the repository");
  has(read("", "two.policy"), "is not staged");
  const auto large = git::RevisionReader(objects(), "HEAD").read("sub/one.policy", 9);
  REQUIRE_FALSE(large.has_value());
  CHECK(large.error().message.find("more than") != std::string::npos);
  // Nothing of these reaches git as an option, a second question or a command.
  for (const std::string hostile :
       {"--help", "-h", "--upload-pack=touch x", "HEAD\nHEAD", "$(touch x)", "`touch x`", "HEAD;touch x",
        "--end-of-options", "", " ", "@{u}", "^", "..", "HEAD^{", "\xFF\xFE"}) {
    has(read(hostile, "none.policy"), "cannot read");
  }
  CHECK_FALSE(std::filesystem::exists("x"));
}

TEST_CASE("outside a repository and without git") {
  const TemporaryFolder folder;
  const Inside inside(folder.path());
  const auto nowhere = git::Objects::open();
  REQUIRE_FALSE(nowhere.has_value());
  CHECK(nowhere.error().message.find("not a git repository") != std::string::npos);
  const std::string path = std::getenv("PATH");
  setenv("PATH", folder.path().c_str(), 1);
  const auto without = git::Objects::open();
  setenv("PATH", path.c_str(), 1);
  REQUIRE_FALSE(without.has_value());
  CHECK(without.error().message.find("cannot find the program `git`") != std::string::npos);
}

TEST_CASE("imports come from the same revision, whatever the folder") {
  const Repository repository;
  repository.folder().write("facts/x.facts", "fact a : bool\n");
  repository.folder().write("deep/er/p.policy",
                            "import \"../../facts/x.facts\"\ntarget t\nt otherwise\n");
  repository.folder().write("top.policy", "import \"facts/x.facts\"\ntarget t\nt otherwise\n");
  repository.folder().write("lost.policy", "import \"../x.facts\"\ntarget t\nt otherwise\n");
  repository.commit("first");
  std::filesystem::remove_all(repository.folder().path("facts"));
  const Inside inside(repository.folder().path("deep"));
  for (const std::string root : {"deep/er/p.policy", "top.policy"}) {
    SourceMap sources;
    DiagnosticSink sink;
    const auto policy = parse_policy(sources, git::RevisionReader(objects(), "HEAD"), root, sink);
    REQUIRE(policy.has_value());
    CHECK_FALSE(sink.has_errors());
    REQUIRE(policy->files.size() == 2);
    CHECK(sources.file(policy->files[0].file).path() == "HEAD:facts/x.facts");
    CHECK(sources.file(policy->files[0].file).text() == "fact a : bool\n");
  }
  SourceMap sources;
  DiagnosticSink sink;
  REQUIRE(parse_policy(sources, git::RevisionReader(objects(), "HEAD"), "lost.policy", sink));
  REQUIRE(sink.error_count() == 1);
  CHECK(sink.diagnostics()[0].message.find("outside the repository") != std::string::npos);
}

}  // namespace switchyard::testing
