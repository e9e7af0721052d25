// "Which commit sent W4A4 to emulation?", asked of the three versions of vLLM's dispatch.
#include <catch2/catch.hpp>

#include "tests/history/versions.h"

namespace switchyard::testing {
namespace {

struct Vllm : Versions {
  std::string before, broken, fixed;  // short hashes
  std::vector<std::string> point = {"quark_moe.policy", "gfx=gfx950", "scheme=w_mxfp4_a_mxfp4",
                                    "is_dynamic=dynamic", "aiter_installed=true"};
  Vllm() {
    const std::string folder_of = "policies/vllm/";
    folder().write("quark_moe.facts", read_file(folder_of + "quark_moe.facts"));
    const auto version = [&](const std::string& file, const std::string& subject, int day) {
      folder().write("quark_moe.policy", read_file(folder_of + file));
      return commit(subject, day);
    };
    before = version("quark_moe_pre_39801.policy", "Quark MoE dispatch", 1);
    broken = version("quark_moe_39801.policy", "[ROCm] Fix emulation of MXFP4 (#39801)", 2);
    fixed = version("quark_moe_41175.policy", "[ROCm] W4A4 is native again (#41175)", 3);
  }

  ProcessResult ask(std::vector<std::string> more) const {
    std::vector<std::string> arguments = point;
    arguments.insert(arguments.end(), more.begin(), more.end());
    return history(arguments);
  }
};

}  // namespace

TEST_CASE_METHOD(Vllm, "the commit is named, with its author, day, subject and the region") {
  for (const std::string bad : {"emulated", "family=emulated"}) {
    const ProcessResult result = ask({"--first-bad", "--bad", bad});
    INFO(result.out << result.err);
    CHECK(result.status == 0);
    CHECK(result.err.empty());
    CHECK(result.out.find(broken + "  2026-01-02  Ada  [ROCm] Fix emulation of MXFP4 (#39801)\n") == 0);
    CHECK(result.out.find("480: ") != std::string::npos);
    CHECK(result.out.find(" -> emulated") != std::string::npos);
    CHECK(result.out.find("good before: " + before) != std::string::npos);
    CHECK(result.out.find("good again: " + fixed) != std::string::npos);
  }
}

TEST_CASE_METHOD(Vllm, "each commit that changed it, newest first") {
  const ProcessResult result = ask({"--by=family"});
  INFO(result.out << result.err);
  CHECK(result.status == 0);
  CHECK(result.out.find(fixed) == 0);
  CHECK(result.out.find("480: emulated -> native_aiter") != std::string::npos);
  CHECK(result.out.find("480: native_aiter -> emulated") != std::string::npos);
  CHECK(result.out.find(before + "  2026-01-01  Ada  Quark MoE dispatch\n  the first version\n") !=
        std::string::npos);
  // Elsewhere nothing changed.
  const ProcessResult elsewhere = history({"quark_moe.policy", "gfx=gfx942"});
  CHECK(elsewhere.out.find(broken) == std::string::npos);
  CHECK(occurrences(elsewhere.out, "the first version") == 1);
}

TEST_CASE_METHOD(Vllm, "a region as a condition") {
  const ProcessResult result =
      history({"quark_moe.policy", "--by=family", "--region",
               "gfx == gfx950 and scheme == w_mxfp4_a_mxfp4 and use_aiter and use_aiter_moe"});
  INFO(result.out << result.err);
  CHECK(result.out.find("120: native_aiter -> emulated") != std::string::npos);
}

TEST_CASE_METHOD(Vllm, "a guarantee that went and came back") {
  const ProcessResult result = history({"quark_moe.policy", "--guarantee", "w4a4_native"});
  INFO(result.out << result.err);
  CHECK(result.status == 0);
  CHECK(occurrences(result.out, "`w4a4_native` holds") == 2);
  CHECK(occurrences(result.out, "`w4a4_native` is not there") == 1);
}

}  // namespace switchyard::testing
