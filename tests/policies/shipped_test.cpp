#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>
#include <unistd.h>

#include "compiler/parse/parse.h"
#include "kernels/registry.h"
#include "runtime/decide/decide.h"
#include "runtime/decide/fact_row.h"
#include "runtime/decide/why.h"
#include "tests/policies/compiled.h"

// The policies that the repository ships: all of them, then what two of them promise.
namespace switchyard::testing {
namespace {

namespace fs = std::filesystem;

using Facts = std::vector<std::pair<std::string, std::string>>;

Table table_of(const std::string& path) {
  const std::unique_ptr<const Compiled> policy = compile(path);
  INFO(policy->findings());
  REQUIRE(policy->findings().empty());
  REQUIRE(policy->table.has_value());
  return *policy->table;
}

Why ask(const Table& table, const Facts& facts) {
  FactRow row(table);
  for (const auto& [name, value] : facts) {
    const Expected<void> set = row.set_text(name, value);
    INFO((set ? std::string() : set.error().message));
    REQUIRE(set.has_value());
  }
  const Expected<const void*> filled = row.finish();
  INFO((filled ? std::string() : filled.error().message));
  REQUIRE(filled.has_value());
  return why(table, *filled);
}

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

Facts on_cpu(const std::string& requested, const std::string& scheme, std::int64_t hidden,
             std::int64_t tokens) {
  return {{"device", "cpu"},      {"supports_mx", "false"},
          {"scheme", scheme},     {"requested", requested},
          {"intermediate", "64"}, {"hidden", std::to_string(hidden)},
          {"tokens", std::to_string(tokens)}};
}

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

TEST_CASE("the engine's policy honours a request exactly where the kernel can run") {
  const Table table = table_of("policies/switchyard.policy");
  for (const kernels::Kernel& kernel : kernels::cpu_kernels()) {
    for (const std::string scheme : {"w_mxfp4", "w_mxfp4_a_mxfp4", "w_mxfp6_e2m3_a_fp8"}) {
      for (const std::int64_t hidden : {32, 48, 2880}) {
        const std::vector<kernels::FactValue> facts = {{"device", "cpu"},
                                                       {"scheme", std::string_view(scheme)},
                                                       {"activation", "silu"},
                                                       {"hidden", hidden},
                                                       {"intermediate", std::int64_t{64}}};
        INFO(kernel.name << " " << scheme << " " << hidden);
        const Why why = ask(table, on_cpu(kernel.name, scheme, hidden, 1));
        if (kernels::satisfied(kernel.capability, facts)) {
          CHECK(why.target == kernel.name);
        } else {
          CHECK(why.decision.kind == Decision::Kind::kRefused);
        }
      }
    }
  }
}

TEST_CASE("the engine's policy takes larger blocks for a large batch than for one token") {
  const Table table = table_of("policies/switchyard.policy");
  const Why decode = ask(table, on_cpu("auto", "w_mxfp4", 2880, 1));
  const Why prefill = ask(table, on_cpu("auto", "w_mxfp4", 2880, 65'536));
  CHECK(decode.target == "packed");
  REQUIRE(decode.parameters.size() == 1);
  CHECK(decode.parameters[0].second == "64");
  CHECK(prefill.target == "packed");
  REQUIRE(prefill.parameters.size() == 1);
  CHECK(prefill.parameters[0].second == "256");
}

TEST_CASE("the engine's policy uses MX hardware where there is a kernel for it") {
  const Table table = table_of("policies/switchyard.policy");
  Facts facts = on_cpu("auto", "w_mxfp4_a_mxfp4", 2880, 1);
  facts.emplace_back("supports_mx", "true");
  CHECK(ask(table, facts).target == "native");
  facts.emplace_back("device", "hip");
  CHECK(ask(table, facts).target == "native");
  facts.emplace_back("requested", "packed");
  CHECK(ask(table, facts).decision.kind == Decision::Kind::kRefused);
}

TEST_CASE("the parameters in the engine's policy are those that the kernels take") {
  const Table table = table_of("policies/switchyard.policy");
  for (const TargetInfo& target : table.targets()) {
    const auto& all = kernels::cpu_kernels();
    const auto kernel = std::find_if(all.begin(), all.end(), [&](const kernels::Kernel& candidate) {
      return candidate.name == target.name;
    });
    INFO(target.name);
    REQUIRE(kernel != all.end());
    for (const ParameterInfo& parameter : target.parameters) {
      const auto same = std::find_if(
          kernel->parameters.begin(), kernel->parameters.end(),
          [&](const kernels::Parameter& candidate) { return candidate.name == parameter.name; });
      INFO(parameter.name);
      REQUIRE(same != kernel->parameters.end());
      CHECK(parameter.low >= same->low);
      CHECK(parameter.high <= same->high);
    }
  }
}

}  // namespace switchyard::testing
