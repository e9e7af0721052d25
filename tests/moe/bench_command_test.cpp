#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <string>

#include "tests/moe/moe.h"

// `moe bench` as a user runs it. Figures differ from run to run, so that only what is fixed is
// looked at; how results become text, JSON and a picture is tested in tests/moe_bench.
namespace switchyard::moe {
namespace {

using Catch::Contains;
using Catch::StartsWith;
using nlohmann::json;

const std::string kPretend = std::string("LD_LIBRARY_PATH=") + SWITCHYARD_PRETEND_GPU;

ProcessResult bench(std::vector<std::string> options,
                    const std::vector<std::string>& environment = {}) {
  options.insert(options.begin(), {"bench", "--rounds", "1"});
  return moe(options, environment);
}

// On a shape of a few kilobytes; the bandwidth is given, since measuring it takes longer.
ProcessResult small_bench(std::vector<std::string> options,
                          const std::vector<std::string>& environment = {}) {
  options.insert(options.begin(), {"--shape", "64x64x4x2", "--bandwidth", "0.01"});
  return bench(options, environment);
}

std::string error_of(std::vector<std::string> options) {
  const ProcessResult result = small_bench(std::move(options));
  CHECK(result.status == 2);
  CHECK(result.out.empty());
  return result.err;
}

}  // namespace

TEST_CASE("bench: every kernel of the CPU, as text, JSON and a picture") {
  const TemporaryFolder folder;
  const std::string file = folder.path("bench.json"), picture = folder.path("roof.svg");
  const ProcessResult result =
      small_bench({"--tokens", "16,1,16", "--routing", "--json", file, "--svg", picture});
  CAPTURE(result.err);
  CHECK(result.status == 0);
  CHECK(result.err.empty());
  CHECK_THAT(
      result.out,
      Contains("layer      64x64x4x2: hidden 64, intermediate 64, 4 experts, 2 a token, silu, "
               "w_mxfp4\n") &&
          Contains("bandwidth  10.0 GB/s, --bandwidth\n") && Contains("products   f32 ") &&
          Contains("us router") && Contains("\n     1  floor: 2.0 experts ") &&
          Contains("\n    16  floor: ") && Contains("packed(block_m = 256)"));
  const json answer = json::parse(testing::read_file(file));
  CHECK(answer["ceilings"][0]["matrix_rate"] > 0);
  CHECK(answer["ceilings"][0]["products"][0]["operands"] == "f32");
  REQUIRE(answer["sizes"].size() == 2);
  CHECK(answer["sizes"][0]["bytes"] == 2 * 3 * 64 * 64 * 4.25 / 8);
  CHECK(answer["sizes"][0]["flops"] == 6 * 2 * 64 * 64);
  REQUIRE(answer["measurements"].size() == 2 * 11);
  for (const json& measurement : answer["measurements"]) {
    CHECK(measurement["s"] > 0);
    CHECK(measurement["routing_s"] > 0);
    CHECK(measurement["decided"] == false);
  }
  CHECK_THAT(testing::read_file(picture), StartsWith("<svg ") && Contains("packed(block_m = 256)"));
}

TEST_CASE("bench: one kernel, JSON to standard output, the bandwidth measured") {
  const ProcessResult result =
      bench({"--shape", "64x64x4x2", "--scheme", "w_mxfp6_e2m3_a_fp8", "--activation", "swigluoai",
             "--tokens", "2", "--kernel", "packed(block_m=8)", "--kernel", "native", "--json", "-",
             "--matrix-rate", "0.5", "--threads", "1"});
  CAPTURE(result.err);
  CHECK(result.status == 0);
  const json answer = json::parse(result.out);
  const json& ceilings = answer["ceilings"][0];
  CHECK(ceilings["threads"] == 1);
  CHECK(ceilings["bandwidth"] > 0);
  CHECK_THAT(ceilings["bandwidth_source"].get<std::string>(),
             StartsWith("measured here: reading "));
  CHECK(ceilings["matrix_rate"] == 0.5e12);
  CHECK(answer["activation"] == "swigluoai");
  REQUIRE(answer["measurements"].size() == 2);
  CHECK(answer["measurements"][0]["kernel"] == "packed(block_m = 8)");
  CHECK(answer["measurements"][1]["kernel"] == "native");
}

TEST_CASE("bench: several numbers of threads, each with ceilings of its own") {
  const ProcessResult result =
      small_bench({"--tokens", "2", "--kernel", "native", "--threads", "2,1,2", "--json", "-"});
  CAPTURE(result.err);
  CHECK(result.status == 0);
  const json answer = json::parse(result.out);
  CHECK(answer["device_name"].get<std::string>().ends_with(", 1 and 2 threads"));
  REQUIRE(answer["ceilings"].size() == 2);
  REQUIRE(answer["sizes"][0]["floors"].size() == 2);
  REQUIRE(answer["measurements"].size() == 2);
  for (const std::size_t i : {0, 1}) {
    CHECK(answer["ceilings"][i]["threads"] == i + 1);
    CHECK(answer["sizes"][0]["floors"][i]["threads"] == i + 1);
    CHECK(answer["measurements"][i]["threads"] == i + 1);
    CHECK(answer["measurements"][i]["rounds"] >= 1);
  }
}

TEST_CASE("bench: what a policy picks, and what deciding costs") {
  const TemporaryFolder folder;
  const std::string policy = folder.write("p.policy", small_policy(4));
  const ProcessResult result = small_bench({"--tokens", "1,5", "--policy", policy, "--json", "-"});
  CAPTURE(result.err);
  CHECK(result.status == 0);
  const json answer = json::parse(result.out);
  CHECK_THAT(answer["policy"].get<std::string>(), StartsWith("small ("));
  REQUIRE(answer["measurements"].size() == 2);
  CHECK(answer["measurements"][0]["kernel"] == "packed(block_m = 16)");
  CHECK(answer["measurements"][0]["tokens"] == 1);
  CHECK(answer["measurements"][0]["decided"] == true);
  CHECK(answer["measurements"][1]["kernel"] == "emulated");
  REQUIRE(answer["decided"].size() == 2);
  CHECK(answer["decided"][0]["outcome"] == "packed(block_m = 16)");
  CHECK_THAT(answer["decided"][1]["reason"].get<std::string>(), StartsWith("many tokens ("));
  CHECK(answer["decided"][0]["decide_s"] > 0);
  CHECK(!answer["decided"][0].contains("direct_s"));  // nothing is enqueued on a CPU

  // A kernel that is named is measured beside it, on every size.
  const ProcessResult beside =
      small_bench({"--tokens", "1,5", "--policy", policy, "--kernel", "native"});
  CHECK(beside.status == 0);
  CHECK_THAT(beside.out, Contains("host time of deciding, ns") && Contains("policy\n"));
  const ProcessResult refused =
      small_bench({"--tokens", "1,2", "--policy", policy, "--fact", "tokens=4001"});
  CHECK(refused.status == 1);
  CHECK_THAT(refused.out, Contains("refused") && Contains("too many tokens"));
}

TEST_CASE("bench: the shipped policy, whose targets name kernels of other devices too") {
  const ProcessResult result =
      bench({"--shape", "64x96x5x2", "--tokens", "1,100", "--bandwidth", "1", "--policy",
             "policies/switchyard.policy", "--json", "-"});
  CAPTURE(result.err);
  CHECK(result.status == 0);
  const json answer = json::parse(result.out);
  REQUIRE(answer["decided"].size() == 2);
  CHECK_THAT(answer["decided"][1]["outcome"].get<std::string>(),
             StartsWith("packed(block_m = 256"));
}

TEST_CASE("bench: the picture to standard output, but not beside the JSON") {
  const std::vector<std::string> all = {"--shape",     "64x64x4x2", "--tokens",      "2",
                                        "--kernel",    "native",    "--svg",         "-",
                                        "--bandwidth", "1",         "--matrix-rate", "0.5"};
  const ProcessResult picture = bench(all);
  CHECK(picture.status == 0);
  CHECK_THAT(picture.out, StartsWith("<svg "));
  std::vector<std::string> both = all;
  both.insert(both.end(), {"--json", "-"});
  const ProcessResult refused = bench(both);
  CHECK(refused.status == 2);
  CHECK(refused.err == "moe: --json and --svg are both `-`: name a file for one of them\n");
}

TEST_CASE("bench: the facts of a known model reach the policy") {
  const TemporaryFolder folder;
  const std::string policy =
      folder.write("p.policy",
                   "policy facts\nfact profile : name { gptoss } from model profile\n"
                   "fact routing : name { topk_softmax } from model routing\n"
                   "fact hidden : int 32 .. 65536 from model hidden\ntarget packed\n"
                   "refuse when profile == gptoss and routing == topk_softmax and hidden == 2880 "
                   "because \"seen\"\n"
                   "packed otherwise\n");
  const ProcessResult result =
      bench({"--shape", "gpt-oss-120b", "--tokens", "1", "--bandwidth", "1", "--policy", policy});
  CAPTURE(result.err);
  // 1.7 GB of weights are not made for a layer that nobody runs.
  CHECK(result.status == 1);
  CHECK_THAT(result.out, Contains("seen"));
  const ProcessResult missing = small_bench({"--tokens", "1", "--policy", policy});
  CHECK(missing.status == 2);
  CHECK_THAT(missing.err, Contains("profile"));
}

TEST_CASE("bench: bad input is an error with what was meant") {
  CHECK_THAT(moe({"bench"}).err, Contains("--shape is required"));
  CHECK_THAT(bench({"--shape", "qwen-235b"}).err,
             StartsWith("moe: there is no shape `qwen-235b`; did you mean `qwen3-235b`?"));
  CHECK_THAT(
      error_of({"--scheme", "w_mxfp5"}),
      StartsWith("moe: there is no scheme `w_mxfp5`; did you mean `w_mxfp4`?; there are w_mx"));
  CHECK_THAT(error_of({"--kernel", "pakced"}),
             StartsWith("moe: there is no kernel `pakced` on cpu; did you mean `packed`?"));
  CHECK_THAT(error_of({"--kernel", "packed(block_m=0)"}),
             StartsWith("moe: kernel `packed`: parameter `block_m` is 0, but must be 1"));
  for (const char* tokens : {"0", "262145", "1,0", "x"}) {
    CAPTURE(tokens);
    CHECK_THAT(error_of({"--tokens", tokens}), StartsWith("moe: --tokens: "));
  }
  CHECK_THAT(error_of({"--threads", "1,-1"}), StartsWith("moe: --threads: "));
  CHECK_THAT(error_of({"--bandwith", "1"}), Contains("did you mean `--bandwidth`?"));
  CHECK_THAT(error_of({"--matrix-rate", "0"}), StartsWith("moe: --matrix-rate: "));
  CHECK_THAT(error_of({"--check-rows", "0"}), StartsWith("moe: --check-rows: "));
  CHECK_THAT(error_of({"--device", "tpu"}), StartsWith("moe: there is no device `tpu`; "));
  CHECK_THAT(error_of({"--device", "cuda:9"}), StartsWith("moe: there is no device `cuda:9`; "));
  CHECK_THAT(error_of({"--policy", "nowhere.policy"}), Contains("nowhere.policy"));
  const ProcessResult large = bench(
      {"--shape", "65536x65536x1024x1", "--bandwidth", "1", "--tokens", "1", "--kernel", "native"});
  CHECK(large.status == 2);
  CHECK_THAT(large.err, StartsWith("moe: the weights of 1024 experts are ") &&
                            Contains("choose a smaller --shape"));
}

TEST_CASE("bench: files that cannot be written") {
  const TemporaryFolder folder;
  for (const char* option : {"--json", "--svg"}) {
    const std::string nowhere = folder.path("no/such/file");
    CHECK(error_of({option, nowhere}) ==
          "moe: cannot write `" + nowhere + "`: No such file or directory\n");
    CHECK(error_of({option, folder.path()}) ==
          "moe: cannot write `" + folder.path() + "`: Is a directory\n");
    const ProcessResult full =
        small_bench({"--tokens", "1", "--kernel", "native", option, "/dev/full"});
    CHECK(full.status == 2);
    CHECK(full.err == "moe: cannot write `/dev/full`: No space left on device\n");
    CHECK_THAT(full.out, Contains("native"));  // what was measured is not lost
  }
  // What stood there stays until there is something to write.
  const std::string old = folder.write("old.json", "old");
  CHECK_THAT(error_of({"--json", old, "--kernel", "nativ"}), Contains("did you mean `native`?"));
  CHECK(testing::read_file(old) == "old");
}

TEST_CASE("bench: a GPU that does not do what it is asked", "[gpu]") {
  const std::string built = SWITCHYARD_BUILT_ARCHITECTURES;
  if (built.find("sm_90a") == std::string::npos || built.find("gfx") == std::string::npos) return;
  for (const std::string device : {"cuda:0", "hip:0"}) {
    const std::vector<std::string> options = {"--device", device,     "--tokens", "1,2",
                                              "--kernel", "emulated", "--kernel", "packed"};
    const auto run = [&](const char* wrong) {
      return small_bench(options, {kPretend, std::string("PRETEND_GPU=") + wrong});
    };
    const ProcessResult none = run("none");
    CHECK(none.status == 2);
    CHECK_THAT(none.err, StartsWith("moe: there is no device `" + device + "`"));
    const ProcessResult memory = run("memory");
    CHECK(memory.status == 2);
    CHECK_THAT(memory.err, Contains("is out of memory: "));
    const ProcessResult fault = run("fault");
    CHECK(fault.status == 2);
    CHECK_THAT(fault.err, Contains("the device was lost to this process"));
    // What fails when it runs leaves the others their turn.
    const ProcessResult launch = run("launch");
    CHECK(launch.status == 2);
    CHECK(launch.err == "moe: 4 of 4 measurements have no time; the results say why\n");
    const std::string rows = device == "cuda:0" ? "128" : "64";
    CHECK_THAT(launch.out, Contains("emulated(block_m = " + rows + "), T = 1, 2: ") &&
                               Contains("could not launch `switchyard_") &&
                               Contains("not measured"));
    // Kernels that do nothing are not timed.
    const ProcessResult wrong = run("");
    CHECK(wrong.status == 1);
    CHECK_THAT(wrong.out, Contains("WRONG, so it has no time") &&
                              Contains("compared values are beyond their bound: "));
    const ProcessResult no_bandwidth = moe({"bench", "--shape", "64x64x4x2", "--tokens", "1",
                                            "--kernel", "packed", "--device", device},
                                           {kPretend, "PRETEND_GPU=launch"});
    CHECK(no_bandwidth.status == 2);
    CHECK_THAT(no_bandwidth.err, StartsWith("moe: the bandwidth cannot be measured: ") &&
                                     Contains("--bandwidth gives it"));
  }
}

}  // namespace switchyard::moe
