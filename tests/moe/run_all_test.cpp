#include <array>
#include <catch2/catch.hpp>

#include "tests/moe/moe.h"

// Real file formats, loaded and run: every layout, scheme and kernel against the reference.
namespace switchyard::moe {
namespace {

using nlohmann::json;

constexpr std::array<const char*, 11> kSchemes = {
    "w_mxfp4",           "w_mxfp4_a_mxfp4",
    "w_mxfp4_a_mxfp6_e3m2", "w_mxfp4_a_mxfp6_e2m3",
    "w_mxfp4_a_fp8",     "w_mxfp6_e3m2",
    "w_mxfp6_e3m2_a_mxfp6_e3m2", "w_mxfp6_e3m2_a_fp8",
    "w_mxfp6_e2m3",      "w_mxfp6_e2m3_a_mxfp6_e2m3",
    "w_mxfp6_e2m3_a_fp8"};
constexpr std::array<const char*, 5> kTypes = {"deepseek_v3", "gpt_oss", "mixtral", "qwen2_moe",
                                               "qwen3_moe"};
constexpr std::array<const char*, 3> kKernels = {"native", "packed", "emulated"};

constexpr const char* kPolicy =
    "policy asked\n"
    "fact kernel : enum { native, packed, emulated } = native from env \"MOE_TEST_KERNEL\"\n"
    "target native\ntarget packed\ntarget emulated\n"
    "native when kernel == native\npacked when kernel == packed\nemulated otherwise\n";

void run_and_check(const std::string& table, const std::string& model, const char* layer,
                   const char* kernel) {
  int status = -1;
  const json answer = moe_json({"run", "--policy", table, "--model", model, "--layer", layer,
                                "--tokens", "5", "--check", "--threads", "2"},
                               status, {std::string("MOE_TEST_KERNEL=") + kernel});
  CAPTURE(answer.dump(2));
  REQUIRE(status == 0);
  CHECK(answer["decision"]["target"] == kernel);
  CHECK(answer["check"]["passed"] == true);
  CHECK(answer["check"]["tokens"] == 5);
  CHECK(answer["check"]["worst_ratio"].get<double>() <= 1.0);
  // A result that is exact to the last bit of every element would compare nothing.
  CHECK(answer["check"]["error"].get<double>() > 0.0);
}

std::string compiled(const TemporaryFolder& folder) {
  const std::string table = folder.path("p.table");
  REQUIRE(testing::run_process(
              {SWITCHYARD_POLICYC, folder.write("p.policy", kPolicy), "-o", table})
              .status == 0);
  return table;
}

TEST_CASE("Quark's layout: every scheme and kernel, the model types in turn") {
  const TemporaryFolder folder;
  const std::string table = compiled(folder);
  const std::string model = folder.path("m");
  for (std::size_t i = 0; i < kSchemes.size(); ++i) {
    const char* type = kTypes[i % kTypes.size()];
    CAPTURE(type, kSchemes[i]);
    REQUIRE(moe({"make-model", model, "--force", "--type", type, "--layout", "quark", "--scheme",
                 kSchemes[i], "--hidden", "96", "--intermediate", "64", "--layers", "2", "--shards",
                 i % 2 == 0 ? "1" : "3"})
                .status == 0);
    for (const char* kernel : kKernels) {
      CAPTURE(kernel);
      run_and_check(table, model, "1", kernel);
    }
  }
}

TEST_CASE("gpt-oss's layout") {
  const TemporaryFolder folder;
  const std::string table = compiled(folder);
  const std::string model = folder.path("m");
  REQUIRE(moe({"make-model", model, "--type", "gpt_oss", "--hidden", "64", "--intermediate", "96",
               "--layers", "1", "--shards", "2"})
              .status == 0);
  for (const char* kernel : kKernels) run_and_check(table, model, "0", kernel);
}

}  // namespace
}  // namespace switchyard::moe
