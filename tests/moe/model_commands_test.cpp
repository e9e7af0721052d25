#include <algorithm>
#include <catch2/catch.hpp>
#include <set>
#include <sstream>

#include "tests/moe/moe.h"

namespace switchyard::moe {
namespace {

using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;
using nlohmann::json;

TEST_CASE("the overview, help with an example and the version, on every command") {
  const ProcessResult nothing = moe({});
  CHECK(nothing.status == 2);
  CHECK_THAT(nothing.err, Contains("Usage: moe COMMAND"));
  const ProcessResult overview = moe({"--help"});
  CHECK(overview.status == 0);
  for (const char* command : {"facts", "route", "run", "make-model", "capabilities", "kernels"}) {
    CAPTURE(command);
    CHECK_THAT(overview.out, Contains(command));
    const ProcessResult help = moe({command, "--help"});
    CHECK(help.status == 0);
    CHECK_THAT(help.out, Contains(std::string("Usage: moe ") + command) && Contains("Example:") &&
                             Contains("Exit status:"));
    const ProcessResult version = moe({command, "--version"});
    CHECK(version.status == 0);
    CHECK_THAT(version.out, StartsWith("moe ") && Contains("git ") && Contains("table format"));
    const ProcessResult wrong = moe({command, "--no-such-option"});
    CHECK(wrong.status == 2);
    CHECK(wrong.out.empty());
    CHECK_THAT(wrong.err, Contains(std::string("`moe ") + command + " --help`"));
  }
  CHECK(moe({"--version"}).out == moe({"run", "--version"}).out);
  const ProcessResult unknown = moe({"root"});
  CHECK(unknown.status == 2);
  CHECK_THAT(unknown.err, Contains("no command `root`"));
}

TEST_CASE("make-model: what it says, and its errors") {
  const TemporaryFolder folder;
  const ProcessResult made = moe({"make-model", folder.path("m"), "--type", "gpt_oss"});
  CHECK(made.status == 0);
  CHECK_THAT(made.out, Contains("gpt_oss of 3 layers, w_mxfp4 (gpt-oss layout)"));
  const ProcessResult again = moe({"make-model", folder.path("m")});
  CHECK(again.status == 2);
  CHECK_THAT(again.err, StartsWith("moe: ") && Contains("--force"));
  CHECK(moe({"make-model", folder.path("m"), "--force"}).status == 0);
  const std::pair<std::vector<std::string>, const char*> cases[] = {
      {{"--type", "llama"}, "no model type `llama`; there are deepseek_v3"},
      {{"--scheme", "w4"}, "no scheme `w4`; there are w_mxfp4,"},
      {{"--layer-scheme", "1"}, "`1` is not of the form LAYER=SCHEME"},
      {{"--layer-scheme", "x=w_mxfp4"}, "is not of the form LAYER=SCHEME"},
      {{"--layer-scheme", "9=w_mxfp4"}, "layer 9 is outside of 0 .. 2"},
      {{"--hidden", "33"}, "hidden 33 is not a multiple of 32"},
      {{"--hidden", "many"}, "--hidden"},
      {{"--top-k", "9"}, "top-k 9 is outside of 1 .. 8"},
      {{"--layout", "gguf"}, "--layout"},
      {{"--layout", "gpt-oss"}, "in gpt_oss models only"}};
  for (const auto& [options, message] : cases) {
    std::vector<std::string> arguments = {"make-model", folder.path("n")};
    arguments.insert(arguments.end(), options.begin(), options.end());
    const ProcessResult result = moe(arguments);
    CAPTURE(message, result.err);
    CHECK(result.status == 2);
    CHECK(result.out.empty());
    CHECK_THAT(result.err, Contains(message));
  }
}

TEST_CASE("facts of a model whose layers differ") {
  const TemporaryFolder folder;
  const std::string model = folder.path("m");
  REQUIRE(moe({"make-model", model, "--type", "deepseek_v3", "--layers", "5", "--scheme",
               "w_mxfp4_a_mxfp4", "--layer-scheme", "3=w_mxfp6_e2m3_a_fp8"})
              .status == 0);
  const ProcessResult text = moe({"facts", "--model", model});
  CHECK(text.status == 0);
  CHECK_THAT(text.out, Contains("has 5 layers, 4 of them with experts") &&
                           Contains("layers 1 to 2, 4") && Contains("layer 3") &&
                           Contains("$.n_routed_experts"));
  int status = -1;
  const json facts = moe_json({"facts", "--model", model}, status, {"VLLM_ROCM_USE_AITER=yes"});
  REQUIRE(status == 0);
  CHECK(facts["devices"][0]["kind"] == "cpu");
  CHECK(facts["env"]["use_aiter"]["value"] == true);
  CHECK_THAT(facts["env"]["use_aiter"]["from"].get<std::string>(),
             Contains("VLLM_ROCM_USE_AITER=yes"));
  REQUIRE(facts["model"].size() == 2);
  CHECK(facts["model"][0]["layers"] == json::array({1, 2, 4}));
  CHECK(facts["model"][1]["facts"]["scheme"]["value"] == "w_mxfp6_e2m3_a_fp8");
  CHECK(facts["model"][1]["facts"]["is_dynamic"]["value"] == "static");
  CHECK(facts["model"][0]["facts"]["hidden"]["value"] == 128);
}

TEST_CASE("facts: errors") {
  const TemporaryFolder folder;
  const ProcessResult missing = moe({"facts", "--model", folder.path("none")});
  CHECK(missing.status == 2);
  CHECK_THAT(missing.err, Contains("is not a folder"));
  folder.write("config.json", R"({"model_type": "mixtral"})");
  const ProcessResult broken = moe({"facts", "--model", folder.path()});
  CHECK(broken.status == 2);
  CHECK_THAT(broken.err, Contains("config.json: $: `num_hidden_layers` is missing"));
  const ProcessResult word = moe({"facts"}, {"VLLM_ROCM_USE_AITER=perhaps"});
  CHECK(word.status == 2);
  CHECK_THAT(word.err, Contains("VLLM_ROCM_USE_AITER is `perhaps`; set it to 1"));
  const ProcessResult device = moe({"facts", "--device", "tpu"});
  CHECK(device.status == 2);
  CHECK_THAT(device.err, Contains("no device `tpu`; this machine has cpu"));
}

TEST_CASE("results that cannot be written are an error, whatever the command") {
  for (const char* command : {"facts", "facts --json", "capabilities", "run --help", "--version", "--help", "help kernels", "kernels --version"}) {
    CAPTURE(command);
    const ProcessResult full = testing::run_process(
        {"/bin/sh", "-c", std::string("\"$0\" ") + command + " > /dev/full", SWITCHYARD_MOE});
    CHECK(full.status == 2);
    CHECK_THAT(full.err, Contains("cannot write the results to standard output"));
  }
}

TEST_CASE("misspelt commands and options are answered with the nearest, and nothing is ignored") {
  const auto refused = [](const std::vector<std::string>& arguments, const std::string& message) {
    const ProcessResult result = moe(arguments);
    INFO(result.err);
    CHECK(result.status == 2);
    CHECK(result.out.empty());
    CHECK_THAT(result.err, Contains("moe: " + message + "\n"));
  };
  refused({"rout"}, "there is no command `rout`; did you mean `route`?");
  refused({"nonsense"}, "there is no command `nonsense`");
  refused({"help", "kernel"}, "there is no command `kernel`; did you mean `kernels`?");
  refused({"help", "run", "x"}, "help is given for one command; leave out `x`");
  refused({"--version", "x"}, "--version stands alone; leave out `x`");
  refused({"facts", "--json", "--version"}, "--version stands alone; leave out `--json`");
  refused({"facts", "--jsn"}, "there is no option `--jsn`; did you mean `--json`?");
  refused({"capabilities", "--devise=hip"}, "there is no option `--devise`; did you mean `--device`?");
  refused({"run", "--modle", "x"}, "there is no option `--modle`; did you mean `--model`?");
  CHECK(moe({"help", "run"}).out == moe({"run", "--help"}).out);
}

TEST_CASE("GPUs are found by their drivers' libraries") {
  int status = -1;
  const std::string cuda = std::string("LD_LIBRARY_PATH=") + SWITCHYARD_PRETEND_CUDA;
  const json nvidia = moe_json({"facts", "--device", "cuda:1"}, status, {cuda});
  REQUIRE(status == 0);
  REQUIRE(nvidia["devices"].size() == 3);
  CHECK(nvidia["devices"][1] == json({{"kind", "cuda"}, {"index", 0}, {"arch", "sm_90"},
                                      {"supports_mx", false}, {"name", "NVIDIA H200"}}));
  CHECK(nvidia["device"]["arch"]["value"] == "sm_100");
  CHECK(nvidia["device"]["supports_mx"]["value"] == true);
  CHECK(nvidia["device"]["count"]["value"] == 2);

  const std::string hip = std::string("LD_LIBRARY_PATH=") + SWITCHYARD_PRETEND_HIP;
  const json amd = moe_json({"facts", "--device", "hip"}, status, {hip});
  REQUIRE(status == 0);
  CHECK(amd["device"]["arch"]["value"] == "gfx950");
  CHECK(amd["device"]["kind"]["value"] == "hip");
  CHECK(amd["device"]["supports_mx"]["value"] == true);
  CHECK(amd["devices"][1]["name"] == "AMD Instinct MI355X");

  for (const std::string& path : {cuda, hip}) {
    const json broken = moe_json({"facts"}, status, {path, "PRETEND_BROKEN=1"});
    CHECK(status == 0);
    CHECK(broken["devices"].size() == 1);
    REQUIRE(broken["problems"].size() == 1);
    CHECK_THAT(broken["problems"][0].get<std::string>(), Contains("no GPU"));
  }
}

TEST_CASE("kernels: the code objects of an architecture, and how each kernel is launched") {
  const std::string all = moe({"kernels"}).out;
  const TemporaryFolder folder;
  const ProcessResult unknown = moe({"kernels", "--extract", "gfx12", folder.path("none")});
  CHECK(unknown.status == 2);
  CHECK_THAT(unknown.err, Contains("this build has no device code for `gfx12`; it has "));
  if (std::string(SWITCHYARD_BUILT_ARCHITECTURES).empty()) {
    CHECK_THAT(all, Contains("device code of this build: none"));
    return;
  }
  for (const char* architecture : {"gfx942", "gfx950", "sm_90a"}) {
    INFO(architecture);
    if (!has_device_code(architecture)) {
      CHECK(moe({"kernels", "--extract", architecture, folder.path("none")}).status == 2);
      continue;
    }
    const std::string where = folder.path(architecture);
    REQUIRE(moe({"kernels", "--extract", architecture, where}).status == 0);
    const json described = json::parse(
        testing::read_file(where + "/kernels_" + architecture + ".json"));
    CHECK(described["architecture"] == architecture);
    CHECK(described["symbols"]["P"] == "T * k pairs, token * k + rank");
    // The bits of elements 1 and 7 of eight fp4, the fraction first.
    const json second = {{"gfx942", {8, 9, 10, 11}},
                         {"gfx950", {4, 5, 6, 7}},
                         {"sm_90a", {22, 23, 24, 31}}};
    const json last = {{"gfx942", {28, 29, 30, 31}},
                       {"gfx950", {28, 29, 30, 31}},
                       {"sm_90a", {19, 20, 16, 17}}};
    const json& layouts = described["layouts"];
    CHECK(layouts["packed"]["fp4_bits"][1] == second[architecture]);
    CHECK(layouts["packed"]["fp4_bits"][7] == last[architecture]);
    CHECK(layouts["native"]["fp4_bits"][1] == second["gfx950"]);
    // gfx950 alone reads the same weights in both.
    CHECK((layouts["packed"] == layouts["native"]) == (std::string(architecture) == "gfx950"));
    for (const auto& object : described["objects"]) {
      CHECK(testing::read_file(where + "/" + object.get<std::string>()).size() > 100);
    }
    REQUIRE(described["kernels"].size() > 10);
    for (const auto& kernel : described["kernels"]) {
      INFO(kernel.dump());
      CHECK_THAT(all, Contains(kernel["name"].get<std::string>()));
      const std::string name = kernel["name"];
      const int waves = name.ends_with("_pairs") ? 16 : name.ends_with("_m128") ? 8 : 4;
      CHECK(kernel["block"][0] == waves * (std::string(architecture) == "sm_90a" ? 32 : 64));
      std::size_t end = 0;
      for (const auto& field : kernel["arguments"]) {
        CHECK(field["offset"].get<std::size_t>() >= end);
        CHECK_FALSE(field["meaning"].get<std::string>().empty());
        end = field["offset"].get<std::size_t>() + field["size"].get<std::size_t>();
      }
      CHECK(kernel["argument_bytes"].get<std::size_t>() >= end);
    }
  }
  if (!has_device_code("gfx950")) return;
  const ProcessResult taken = moe({"kernels", "--extract", "gfx950", "/dev/null/objects"});
  CHECK(taken.status == 2);
  CHECK_THAT(taken.err, Contains("cannot make `/dev/null/objects`: "));
}

TEST_CASE("capabilities are requires lines that a policy takes") {
  const ProcessResult result = moe({"capabilities", "--device", "cpu"});
  REQUIRE(result.status == 0);
  for (const char* kernel : {"native", "packed", "emulated"}) {
    CHECK_THAT(result.out, Contains(std::string(kernel) + " requires device == cpu\n") &&
                               Contains(std::string(kernel) + " requires hidden % 32 == 0\n"));
  }
  const TemporaryFolder folder;
  const std::string policy = folder.write(
      "p.policy",
      "policy p\n"
      "fact device : enum { cpu, hip }\n"
      "fact scheme : enum { w_mxfp4, w_mxfp4_a_mxfp4, w_mxfp4_a_mxfp6_e3m2, w_mxfp4_a_mxfp6_e2m3,\n"
      "  w_mxfp4_a_fp8, w_mxfp6_e3m2, w_mxfp6_e3m2_a_mxfp6_e3m2, w_mxfp6_e3m2_a_fp8, "
      "w_mxfp6_e2m3,\n"
      "  w_mxfp6_e2m3_a_mxfp6_e2m3, w_mxfp6_e2m3_a_fp8 }\n"
      "fact activation : enum { silu, swigluoai, gelu }\n"
      "fact hidden : int 1 .. 8192\nfact intermediate : int 1 .. 8192\n"
      "target native\ntarget packed\ntarget emulated\n" +
          result.out +
          "only native when scheme == w_mxfp4\nonly packed when hidden < 4096\n"
          "only emulated otherwise\n");
  const ProcessResult compiled =
      testing::run_process({SWITCHYARD_POLICYC, policy, "-o", folder.path("p.table")});
  CAPTURE(compiled.err);
  CHECK(compiled.status == 0);
}

TEST_CASE("capabilities of all devices are one statement, each kernel's lines once") {
  const ProcessResult result = moe({"capabilities"});
  REQUIRE(result.status == 0);
  CHECK_THAT(result.out,
             Contains("native requires device in <cpu, hip>\n") &&
                 Contains("native requires device == hip implies supports_mx\n") &&
                 Contains("native requires device == hip implies experts in 1 .. 1024\n") &&
                 Contains("packed requires device in <cpu, cuda, hip>\n") &&
                 Contains("packed requires device in <cuda, hip> implies experts in 1 .. 1024\n") &&
                 Contains("emulated requires device in <cpu, cuda, hip>\n") &&
                 Contains("\npacked requires hidden % 32 == 0\n"));
  // The CPU's comments, then those of the devices that differ from it.
  CHECK_THAT(result.out, Contains("# packed on cpu: ") &&
                             Contains("#   block_m : int 1 .. 256 = 64 ") &&
                             Contains("#   split_k : int 1 .. 4 = 1 ") &&
                             Contains("# native on hip: "));
  std::set<std::string> lines;
  std::istringstream text(result.out);
  for (std::string line; std::getline(text, line);) {
    if (line.find(" requires ") == std::string::npos) continue;
    INFO(line);
    CHECK(lines.insert(line).second);
  }
  const ProcessResult hip = moe({"capabilities", "--device", "hip"});
  CHECK_THAT(hip.out, Contains("native requires supports_mx\n") &&
                          Contains("packed requires device == hip\n") && !Contains("implies"));
}

TEST_CASE("the engine's policy is clean in the judgement of its kernels") {
  const auto verify = [](const ProcessResult& lines) {
    REQUIRE(lines.status == 0);
    return testing::run_process({SWITCHYARD_POLICYC, "verify", "--format", "json", "--capabilities",
                                 "-", "policies/switchyard.policy"},
                                lines.out);
  };
  const ProcessResult all = verify(moe({"capabilities"}));
  CAPTURE(all.out, all.err);
  CHECK(all.status == 0);
  CHECK(json::parse(all.out)["files"][0]["diagnostics"].empty());
  // In that of one device it decides where that device's kernels are not, and nothing else is wrong.
  for (const std::string device : {"cpu", "cuda", "hip"}) {
    const ProcessResult one = verify(moe({"capabilities", "--device", device}));
    CAPTURE(device, one.out, one.err);
    CHECK(one.status == 1);
    const json findings = json::parse(one.out)["files"][0]["diagnostics"];
    CHECK_FALSE(findings.empty());
    for (const json& finding : findings) {
      CHECK(finding["code"] == "SY0305");
      for (const json& box : finding["region"]["boxes"]) {
        const json& on = box["device"];
        REQUIRE(on.is_array());
        CHECK(std::find(on.begin(), on.end(), device) == on.end());
      }
    }
  }
}

TEST_CASE("the engine's policy is told activation and experts by the model") {
  const TemporaryFolder folder;
  const std::string model = folder.path("m");
  REQUIRE(moe({"make-model", model, "--type", "gpt_oss", "--scheme", "w_mxfp4"}).status == 0);
  int status = -1;
  const json answer = moe_json(
      {"route", "--policy", "policies/switchyard.policy", "--model", model, "--facts"}, status);
  CHECK(status == 0);
  const json& facts = answer["layers"][0]["facts"];
  CHECK(facts["activation"]["value"] == "swigluoai");
  CHECK(facts["activation"]["from"] == "$.model_type gpt_oss");
  CHECK(facts["experts"]["value"] == "8");
  CHECK(facts["experts"]["from"] == "$.num_local_experts");
}

}  // namespace
}  // namespace switchyard::moe
