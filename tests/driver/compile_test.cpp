#include <catch2/catch.hpp>

#include <sys/stat.h>

#include <filesystem>

#include <nlohmann/json.hpp>

#include "tests/driver/policyc.h"

namespace switchyard::testing {

TEST_CASE("a policy compiles to a table, the same bytes each time") {
  const TemporaryFolder folder;
  const std::string policy = folder.write("sample.policy", kPolicy);
  const ProcessResult first = policyc({policy, "-o", folder.path("a.table")});
  CHECK(first.err == "");
  REQUIRE(first.status == 0);
  REQUIRE(policyc({"compile", policy, "-o", folder.path("b.table")}).status == 0);
  const std::string bytes = read_file(folder.path("a.table"));
  CHECK(bytes.size() > 100);
  CHECK(bytes == read_file(folder.path("b.table")));
  CHECK(policyc({policy, "-o", "-"}).out == bytes);
}

TEST_CASE("the brief's own rule line compiles from standard input") {
  const std::string text =
      "fact supports_mx : bool fact scheme : enum { w_mxfp4, w_mxfp4_a_mxfp4, w_mxfp6_e3m2 }\n"
      "fact aiter : bool target native target emulated\n"
      "native when supports_mx and scheme in <w_mxfp4, w_mxfp4_a_mxfp4> and aiter\n"
      "emulated otherwise\n";
  const ProcessResult result = policyc({"-"}, text);
  CHECK(result.status == 0);
  CHECK(result.out == "");
  CHECK(result.err.find("no errors") != std::string::npos);
}

TEST_CASE("a policy with errors writes nothing and leaves what was there") {
  const TemporaryFolder folder;
  const std::string policy = folder.write("bad.policy", "fact a : bool\ntarget t\nt when b\nt otherwise\n");
  folder.write("out.table", "what was there");
  const ProcessResult result = policyc({policy, "-o", folder.path("out.table")});
  CHECK(result.status == 1);
  CHECK(result.out == "");
  CHECK(result.err.find("`b`") != std::string::npos);
  CHECK(result.err.find("bad.policy:3:8") != std::string::npos);
  CHECK(read_file(folder.path("out.table")) == "what was there");
  std::size_t files = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder.path())) ++files;
  CHECK(files == 2);
}

TEST_CASE("what verify calls an error stops the compilation with an input that shows it") {
  const ProcessResult undecided =
      policyc({"-"}, "fact a : bool\nfact b : bool\ntarget t\nt when a or b\n");
  CHECK(undecided.status == 1);
  CHECK(undecided.err.find("a = false") != std::string::npos);
  const ProcessResult unreachable =
      policyc({"-"}, "fact a : bool\ntarget t\ntarget u\nt when a\nu when a\nt otherwise\n");
  CHECK(unreachable.status == 1);
  CHECK(unreachable.err.find("<stdin>:5:1") != std::string::npos);
}

TEST_CASE("every stage can be seen") {
  const TemporaryFolder folder;
  const std::string policy = folder.write("sample.policy", kPolicy);
  for (const std::string stage : {"ast", "model", "classes", "boxes", "diagram", "table"}) {
    const ProcessResult result = policyc({policy, "--dump=" + stage});
    INFO(stage << "\n" << result.err);
    CHECK(result.status == 0);
    CHECK(result.out.find("tokens") != std::string::npos);
  }
}

TEST_CASE("each forced engine writes a table that says so and decides alike") {
  const TemporaryFolder folder;
  const std::string policy = folder.write("sample.policy", kPolicy);
  for (const std::string engine : {"dense", "walk", "bits", "program"}) {
    const std::string table = folder.path(engine + ".table");
    INFO(engine);
    REQUIRE(policyc({policy, "--engine=" + engine, "-o", table}).status == 0);
    const ProcessResult decision =
        policyc({"eval", table, "mx=false", "scheme=w_mxfp4", "arch=gfx942", "tokens=17",
                 "backends=<ck>", "forced=unset"});
    CHECK(decision.err == "");
    CHECK(decision.out.find("packed(block_m = 64)") != std::string::npos);
  }
}

TEST_CASE("errors can be had as JSON") {
  const ProcessResult result = policyc({"-", "--error-format=json"}, "target t\nt when nope\nt otherwise\n");
  CHECK(result.status == 1);
  const auto json = nlohmann::json::parse(result.err);
  CHECK(json.dump().find("nope") != std::string::npos);
}

TEST_CASE("colour is for terminals, unless asked for") {
  const std::string bad = "target t\nt when nope\n";
  CHECK(policyc({"-"}, bad).err.find('\x1b') == std::string::npos);
  CHECK(policyc({"-", "--color=always"}, bad).err.find('\x1b') != std::string::npos);
}

TEST_CASE("an import that is a pipe is an error, not a wait for a writer") {
  const TemporaryFolder folder;
  REQUIRE(mkfifo(folder.path("pipe.facts").c_str(), 0600) == 0);
  const std::string policy = folder.write(
      "imports.policy", "import \"pipe.facts\"\n" + kPolicy.substr(kPolicy.find("fact")));
  const ProcessResult result = policyc({policy});
  CHECK(result.status == 1);
  CHECK(result.err.find("imports.policy:1:8") != std::string::npos);
  CHECK(result.err.find("it is a pipe, a socket or a device") != std::string::npos);
}

TEST_CASE("a policy without a `policy` line is called as its file") {
  const TemporaryFolder folder;
  const std::string text = kPolicy.substr(kPolicy.find("fact"));
  const std::string unnamed = folder.write("un.named.policy", text);
  CHECK(policyc({unnamed, "--dump=model"}).out.starts_with("policy \"un.named\"\n"));
  CHECK(policyc({"-", "--dump=model"}, text).out.starts_with("policy \"<stdin>\"\n"));
  CHECK(policyc({folder.write("other.policy", kPolicy), "--dump=model"}).out.starts_with("policy sample\n"));
}

TEST_CASE("a table where a policy is needed is called one") {
  const TemporaryFolder folder;
  const std::string policy = folder.write("sample.policy", kPolicy);
  const std::string table = folder.path("sample.table");
  REQUIRE(policyc({policy, "-o", table}).status == 0);
  for (const std::vector<std::string>& command :
       std::vector<std::vector<std::string>>{{table}, {"compile", table}, {"fmt", table}}) {
    const ProcessResult result = policyc(command);
    INFO(command[0] << "\n" << result.err);
    CHECK(result.status == 2);
    CHECK(result.err.find("`" + table + "` is a compiled table") != std::string::npos);
    CHECK(result.err.find("policyc inspect") != std::string::npos);
  }
}

}  // namespace switchyard::testing
