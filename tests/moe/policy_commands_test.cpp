#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdint>
#include <cstring>
#include <filesystem>

#include "tests/moe/moe.h"

namespace switchyard::moe {
namespace {

using Catch::Matchers::Contains;
using nlohmann::json;

std::string make(const TemporaryFolder& folder, std::vector<std::string> options = {}) {
  const std::string model = folder.path("model");
  options.insert(options.begin(), {"make-model", model, "--force"});
  const ProcessResult made = moe(options);
  INFO(made.err);
  REQUIRE(made.status == 0);
  return model;
}

TEST_CASE("route: every layer, its kernel and why, and a summary") {
  const TemporaryFolder folder;
  const std::string model = make(
      folder, {"--type", "deepseek_v3", "--layers", "4", "--layer-scheme", "2=w_mxfp6_e3m2"});
  const std::string policy = folder.write("p.policy", small_policy(64));
  const ProcessResult text = moe({"route", "--policy", policy, "--model", model, "--tokens", "8"});
  CAPTURE(text.err);
  CHECK(text.status == 0);
  CHECK_THAT(text.out, Contains("4 layers, 3 with experts") && Contains("for 8 tokens") &&
                           Contains("layer   1") && Contains("packed(block_m = 16)") &&
                           Contains("few tokens (") && Contains("p.policy:7)") &&
                           Contains("w_mxfp6_e3m2 ") &&
                           Contains("summary: 3 packed(block_m = 16)"));
  int status = -1;
  const json answer = moe_json({"route", "--policy", policy, "--model", model, "--facts",
                                "--tokens", "65"},
                               status);
  CHECK(status == 0);
  REQUIRE(answer["layers"].size() == 3);
  CHECK(answer["layers"][1]["layer"] == 2);
  CHECK(answer["layers"][1]["target"] == "emulated");
  CHECK(answer["layers"][1]["reason"] == "many tokens");
  CHECK(answer["layers"][1]["facts"]["scheme"]["value"] == "other");
  CHECK(answer["layers"][0]["facts"]["tokens"]["from"] == "the batch");
  CHECK(answer["summary"]["emulated"] == 3);
}

TEST_CASE("route: needs no weights, takes tables, and exits 1 for a refusal") {
  const TemporaryFolder folder;
  const std::string model = make(folder);
  std::filesystem::remove(model + "/model.safetensors");
  const std::string policy = folder.write("p.policy", small_policy(64));
  const std::string table = folder.path("p.table");
  REQUIRE(testing::run_process({SWITCHYARD_POLICYC, policy, "-o", table}).status == 0);
  CHECK(moe({"route", "--policy", table, "--model", model}).status == 0);
  // Whatever the file is called.
  std::filesystem::rename(table, folder.path("named-otherwise"));
  CHECK(moe({"route", "--policy", folder.path("named-otherwise"), "--model", model}).status == 0);
  const ProcessResult refused =
      moe({"route", "--policy", policy, "--model", model, "--fact", "tokens=4001"});
  CHECK(refused.status == 1);
  CHECK_THAT(refused.out, Contains("refused") && Contains("too many tokens") &&
                              Contains("summary: 3 refused"));
}

TEST_CASE("an edited policy is obeyed by the next run, nothing compiled between") {
  const TemporaryFolder folder;
  const std::string model = make(folder);
  const std::string policy = folder.write("p.policy", small_policy(64));
  const std::vector<std::string> run = {"run",     "--policy", policy,     "--model", model,
                                        "--layer", "0",        "--tokens", "32",      "--check"};
  int status = -1;
  json answer = moe_json(run, status);
  CHECK(status == 0);
  CHECK(answer["decision"]["target"] == "packed");
  CHECK(answer["decision"]["parameters"]["block_m"] == 16);
  CHECK(answer["check"]["passed"] == true);
  CHECK(answer["check"]["tokens"] == 32);
  folder.write("p.policy", small_policy(31));
  answer = moe_json(run, status);
  CHECK(status == 0);
  CHECK(answer["decision"]["target"] == "emulated");
  CHECK(answer["check"]["passed"] == true);
}

TEST_CASE("run: its text") {
  const TemporaryFolder folder;
  const std::string model = make(folder);
  const std::string policy = folder.write("p.policy", small_policy(64));
  const ProcessResult result =
      moe({"run", "--policy", policy, "--model", model, "--layer", "2", "--tokens", "4", "--check",
           "--threads", "1", "--facts"});
  CAPTURE(result.err);
  CHECK(result.status == 0);
  CHECK_THAT(result.out, Contains("layer     2 of ") && Contains("decision  packed(block_m = 16): few") &&
                             Contains("at best of") && Contains("1 thread,") &&
                             Contains("4 of 4 tokens") && Contains("within the bound") &&
                             Contains("tokens = 4") && Contains("the batch"));
  const ProcessResult unchecked =
      moe({"run", "--policy", policy, "--model", model, "--layer", "2"});
  CHECK(unchecked.status == 0);
  CHECK_THAT(unchecked.out, Contains("--check compares"));
  const ProcessResult none = moe(
      {"run", "--policy", policy, "--model", model, "--layer", "2", "--tokens", "0", "--check"});
  CHECK(none.status == 0);
  CHECK_THAT(none.out, Contains("0 of 0 tokens"));
  const ProcessResult refused =
      moe({"run", "--policy", policy, "--model", model, "--layer", "2", "--fact", "tokens=4096"});
  CHECK(refused.status == 1);
  CHECK_THAT(refused.out, Contains("decision  refused: ") && Contains("too many tokens"));
}

TEST_CASE("bad input: status 2, and a message that says what to do") {
  const TemporaryFolder folder;
  const std::string model = make(folder, {"--type", "mixtral"});
  const std::string policy = folder.write("p.policy", small_policy(64));
  const std::string broken = folder.write("broken.policy", "policy p\nfact x : bool\ntarget a\n");
  const std::string table = folder.write("damaged.table", "SWYTABLE and then nothing of use");
  const std::string other = folder.write(
      "other.policy", "policy o\nfact flag : bool\ntarget warp\nwarp otherwise\n");
  const auto run = [&](const std::string& p, std::vector<std::string> more = {}) {
    std::vector<std::string> arguments = {"run", "--policy", p, "--model", model};
    arguments.insert(arguments.end(), more.begin(), more.end());
    if (std::find(more.begin(), more.end(), "--layer") == more.end()) {
      arguments.insert(arguments.end(), {"--layer", "0"});
    }
    const ProcessResult result = moe(arguments);
    CAPTURE(result.err);
    CHECK(result.status == 2);
    return result.err;
  };
  CHECK_THAT(run(folder.path("none.policy")), Contains("there is no policy"));
  CHECK_THAT(run(broken), Contains("error") && Contains("is not a policy that can be used"));
  CHECK_THAT(run(table), Contains("damaged.table"));
  CHECK_THAT(run(folder.path()), Contains("moe: "));
  CHECK_THAT(run(policy, {"--layer", "3"}), Contains("there is no layer 3"));
  for (const char* layer : {"99999999999999999999", "-1", "1048577"}) {
    CHECK_THAT(run(policy, {"--layer", layer}), Contains(std::string("--layer: ")) &&
                                                    Contains(layer) && Contains("range"));
  }
  CHECK_THAT(run(policy, {"--fact", "tokens"}), Contains("--fact `tokens` is not of the form"));
  CHECK_THAT(run(policy, {"--fact", "toks=1"}), Contains("no fact `toks`; did you mean `tokens`?"));
  CHECK_THAT(run(policy, {"--fact", "tokens=x"}), Contains("fact `tokens` cannot be `x`"));
  CHECK_THAT(run(policy, {"--tokens", "-1"}), Contains("--tokens"));
  CHECK_THAT(run(policy, {"--threads", "-1"}), Contains("--threads"));
  CHECK_THAT(run(policy, {"--device", "cuda:7"}), Contains("there is no device `cuda:7`"));
  CHECK_THAT(run(other), Contains("nothing here provides fact `flag`") &&
                             Contains("--fact flag=VALUE"));
  CHECK_THAT(run(other, {"--fact", "flag=1"}), Contains("`warp`") && Contains("native"));

  // Weights that do not belong to the config.
  std::string config = testing::read_file(model + "/config.json");
  const std::size_t at = config.find("\"intermediate_size\": 64");
  REQUIRE(at != std::string::npos);
  config.replace(at, 23, "\"intermediate_size\": 96");
  folder.write("model/config.json", config);
  CHECK_THAT(run(policy), Contains("tensor `model.layers.0.block_sparse_moe.experts.0.w1.weight`") &&
                              Contains("has shape [64, 64], but [96, 64] is expected"));
  std::filesystem::resize_file(model + "/model.safetensors", 5000);
  CHECK_THAT(run(policy), Contains("model.safetensors") && Contains("copy it again"));
  std::filesystem::remove(model + "/model.safetensors");
  CHECK_THAT(run(policy), Contains("has neither model.safetensors nor"));
}

TEST_CASE("policies from pipes and from standard input") {
  const TemporaryFolder folder;
  const std::string model = make(folder);
  const std::string policy = folder.write("p.policy", small_policy(64));
  const auto shell = [&](const std::string& line) {
    return testing::run_process({"/bin/sh", "-c", line, SWITCHYARD_MOE, policy, model});
  };
  for (const char* line : {"cat \"$1\" | \"$0\" route --policy /dev/stdin --model \"$2\"",
                           "cat \"$1\" | \"$0\" route --policy - --model \"$2\"",
                           "\"$0\" route --policy - --model \"$2\" < \"$1\""}) {
    CAPTURE(line);
    const ProcessResult result = shell(line);
    CAPTURE(result.err);
    CHECK(result.status == 0);
    CHECK_THAT(result.out, Contains("summary: 3 packed(block_m = 16)"));
  }
  const ProcessResult nothing = shell("\"$0\" route --policy - --model \"$2\" < /dev/null");
  CHECK(nothing.status == 2);
  CHECK_THAT(nothing.err, Contains("standard input is not a policy that can be used"));
}

TEST_CASE("values that are not finite fail a check and are told of without one") {
  const TemporaryFolder folder;
  const std::string model = make(folder, {"--type", "gpt_oss", "--scheme", "w_mxfp4"});
  const std::string policy = folder.write("p.policy", small_policy(64));
  // Every scale NaN: an e8m0 of 0xFF.
  std::string bytes = testing::read_file(model + "/model.safetensors");
  std::uint64_t header_bytes = 0;
  std::memcpy(&header_bytes, bytes.data(), sizeof header_bytes);
  const json header = json::parse(bytes.substr(8, header_bytes));
  int scales = 0;
  for (const auto& [name, entry] : header.items()) {
    if (!name.ends_with("_scale") && !name.ends_with("_scales")) continue;
    const std::size_t begin = entry["data_offsets"][0], end = entry["data_offsets"][1];
    bytes.replace(8 + header_bytes + begin, end - begin, end - begin, '\xFF');
    ++scales;
  }
  REQUIRE(scales > 0);
  folder.write("model/model.safetensors", bytes);
  std::vector<std::string> run = {"run",     "--policy", policy,     "--model", model,
                                  "--layer", "0",        "--tokens", "2"};
  const ProcessResult unchecked = moe(run);
  CHECK(unchecked.status == 0);
  CHECK_THAT(unchecked.out, Contains("output    256 of 256 values are not finite"));
  run.push_back("--check");
  const ProcessResult checked = moe(run);
  CHECK(checked.status == 1);
  CHECK_THAT(checked.out, Contains("FAILED") && Contains("256 of 256 values cannot be compared"));
  int status = -1;
  const json answer = moe_json(run, status);
  CHECK(status == 1);
  CHECK(answer["check"]["passed"] == false);
  CHECK(answer["check"]["incomparable"] == 256);
  CHECK(answer["not_finite"] == 256);
}

TEST_CASE("without policyc, a table still runs and a policy says what is missing") {
  const TemporaryFolder folder;
  const std::string model = make(folder);
  const std::string policy = folder.write("p.policy", small_policy(64));
  const std::string table = folder.path("p.table");
  REQUIRE(testing::run_process({SWITCHYARD_POLICYC, policy, "-o", table}).status == 0);
  const std::string alone = folder.path("moe");
  std::filesystem::copy_file(SWITCHYARD_MOE, alone);
  const auto route = [&](const std::string& file, const std::string& path) {
    return testing::run_process({alone, "route", "--policy", file, "--model", model}, "",
                                {"PATH=" + path});
  };
  const ProcessResult result = route(policy, "/nonexistent");
  CHECK(result.status == 2);
  CHECK_THAT(result.err, Contains("no `policyc` beside `moe` or on the PATH"));
  CHECK(route(table, "/nonexistent").status == 0);
  const std::string bin = std::filesystem::path(SWITCHYARD_POLICYC).parent_path().string();
  CHECK(route(policy, bin).status == 0);
}

TEST_CASE("run: a device that only the policy was told of is named, with the one that runs") {
  const TemporaryFolder folder;
  const std::string model = make(folder, {"--scheme", "w_mxfp4_a_mxfp4"});
  const ProcessResult result = moe({"run", "--policy", "policies/switchyard.policy", "--model", model,
                                    "--layer", "0", "--fact", "device=cuda"});
  CAPTURE(result.err);
  CHECK(result.status == 0);
  CHECK_THAT(result.out, Contains("the policy was told device = cuda (--fact); the layer runs on cpu, "
                                  "as --device says"));
}

TEST_CASE("run: a decision that only another device could obey says what is missing") {
  const TemporaryFolder folder;
  const std::string model = make(folder, {"--scheme", "w_mxfp4_a_mxfp4"});
  const std::vector<std::string> here = {"run",     "--policy", "policies/switchyard.policy",
                                         "--model", model,      "--layer",
                                         "0",       "--tokens", "4"};
  std::vector<std::string> there = here;
  there.insert(there.end(), {"--fact", "device=hip", "--fact", "supports_mx=true"});
  const ProcessResult result = moe(there);
  CHECK(result.status == 2);
  CHECK_THAT(result.out, Contains("decision  native(block_m = 16): decode on MX"));
  CHECK(result.err ==
        "moe: policy `switchyard` picks `native(block_m = 16)`, but kernel `native` has no "
        "parameter `block_m`; it has none\n");
  CHECK(moe(here).status == 0);
}

TEST_CASE("a variable that looks misspelt is a warning, and the command goes on") {
  const TemporaryFolder folder;
  const std::string model = make(folder, {});
  const std::string policy = folder.write(
      "env.policy", "policy env\nfact fused : bool = true from env \"SWITCHYARD_USE_FUSED_MOE\"\n"
                    "target a\ntarget b\na when fused\nb otherwise\n");
  for (const char* command : {"route", "run"}) {
    std::vector<std::string> arguments = {command, "--policy", policy, "--model", model};
    if (std::string(command) == "run") arguments.insert(arguments.end(), {"--layer", "0"});
    const ProcessResult result = moe(arguments, {"SWITCHYARD_USE_FUSED_MEO=0"});
    CHECK_THAT(result.err,
               Contains("warning: environment variable SWITCHYARD_USE_FUSED_MEO is set, but policy "
                        "env does not read it; did you mean SWITCHYARD_USE_FUSED_MOE (fact "
                        "`fused`)?\n"));
  }
}

TEST_CASE("the engine's own policy and the recorded ones route a model") {
  const TemporaryFolder folder;
  const std::string model = make(folder, {"--type", "gpt_oss", "--scheme", "w_mxfp4_a_mxfp4"});
  const ProcessResult own = moe({"route", "--policy", "policies/switchyard.policy", "--model", model});
  CAPTURE(own.out, own.err);
  CHECK(own.status == 0);
  CHECK_THAT(own.out, Contains("summary: 3 "));
  const ProcessResult vllm =
      moe({"route", "--policy", "policies/vllm/quark_moe_41175.policy", "--model", model, "--fact",
           "gfx=gfx950", "--fact", "aiter_installed=true", "--fact", "moe_backend=auto", "--fact",
           "parallel=tp", "--fact", "triton_kernels=false"},
          {"VLLM_ROCM_USE_AITER=1"});
  CAPTURE(vllm.out, vllm.err);
  CHECK(vllm.status == 0);
  CHECK_THAT(vllm.out, Contains("aiter"));
}

}  // namespace
}  // namespace switchyard::moe
