#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <unistd.h>

#include "compiler/parse/parse.h"
#include "tests/policies/compiled.h"

// The policies that the repository ships: all of them, then what one of them promises. The engine's
// own is in engine_policy_test.cpp.
namespace switchyard::testing {
namespace {

namespace fs = std::filesystem;

std::string text_of(const fs::path& path) {
  std::ifstream file(path);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

// A folder of this test alone, removed at the end.
class Workbench {
 public:
  Workbench()
      : path_(fs::temp_directory_path() / ("switchyard_policies_" + std::to_string(getpid()))) {
    fs::create_directories(path_);
  }
  ~Workbench() { fs::remove_all(path_); }
  Workbench(const Workbench&) = delete;
  Workbench& operator=(const Workbench&) = delete;

  // A copy of policies/NAME with `before`, which must occur once, replaced.
  std::string edited(const std::string& name, const std::string& before, const std::string& after) {
    fs::copy_file("policies/ocp_mx.facts", path_ / "ocp_mx.facts",
                  fs::copy_options::overwrite_existing);
    std::string text = text_of("policies/" + name);
    const std::size_t at = text.find(before);
    REQUIRE(at != std::string::npos);
    REQUIRE(text.find(before, at + 1) == std::string::npos);
    text.replace(at, before.size(), after);
    std::ofstream(path_ / name) << text;
    return (path_ / name).string();
  }

 private:
  fs::path path_;
};

}  // namespace

TEST_CASE("every shipped policy compiles without a finding") {
  std::vector<std::string> paths;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator("policies")) {
    if (entry.path().extension() == ".policy") paths.push_back(entry.path().string());
  }
  std::sort(paths.begin(), paths.end());
  REQUIRE(paths.size() >= 5);
  for (const std::string& path : paths) {
    INFO(path);
    CHECK(compile(path)->findings() == "");
  }
}

TEST_CASE("every shipped policy is in canonical form: `policyc fmt` would not change it") {
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator("policies")) {
    const fs::path extension = entry.path().extension();
    if (extension != ".policy" && extension != ".facts") continue;
    SourceMap sources;
    DiagnosticSink sink;
    const Expected<FileId> file = sources.load(entry.path().string());
    REQUIRE(file.has_value());
    const ast::File parsed = parse_file(sources, *file, sink);
    INFO(entry.path());
    CHECK(format_policy(sources, parsed) == text_of(entry.path()));
  }
}

TEST_CASE("the change of vLLM #39801 does not compile") {
  Workbench workbench;
  const std::string path = workbench.edited(
      "quark_ocp_mx_moe.policy", "scheme in <w_mxfp4, w_mxfp4_a_mxfp4> and aiter",
      "scheme in <w_mxfp4> and aiter");
  const std::unique_ptr<const Compiled> policy = compile(path);
  CHECK(!policy->table.has_value());
  INFO(policy->findings());
  const auto& all = policy->sink.diagnostics();
  const auto error = std::find_if(all.begin(), all.end(), [](const Diagnostic& diagnostic) {
    return diagnostic.info->severity == Severity::kError &&
           diagnostic.message.find("w4a4_native") != std::string::npos;
  });
  REQUIRE(error != all.end());
  const bool names_the_layer =
      std::any_of(error->witness.begin(), error->witness.end(), [](const Binding& binding) {
        return binding.fact == "scheme" && binding.value == "w_mxfp4_a_mxfp4";
      });
  CHECK(names_the_layer);
}

}  // namespace switchyard::testing
