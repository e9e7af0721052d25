#include <catch2/catch.hpp>
#include <string>

#include "tests/moe/moe.h"

// `moe` on a machine with pretend drivers (tests/gpu), whose kernels do nothing: what a user is
// told of a GPU that is not there or does not do what it is asked.
namespace switchyard::moe {
namespace {

using Catch::Contains;
using Catch::StartsWith;

const std::string kPretend = std::string("LD_LIBRARY_PATH=") + SWITCHYARD_PRETEND_GPU;
const std::string kEmpty = std::string("LD_LIBRARY_PATH=") + SWITCHYARD_EMPTY_GPU;

const char kPolicy[] =
    "policy gpu\n"
    "fact device : name { cpu, cuda, hip } from device kind\n"
    "fact tokens : int 0 .. 4096\n"
    "target packed(block_m : int 16 .. 64 = 64, split_k : int 1 .. 4 = 1)\n"
    "target emulated(block_m : int 16 .. 64 = 64)\n"
    "emulated(block_m = 48) when tokens > 64 because \"many\"\n"
    "packed(block_m = 16, split_k = 2) otherwise because \"few\"\n";

class Layer {
 public:
  Layer() : policy_(folder_.write("gpu.policy", kPolicy)), model_(folder_.path("model")) {
    REQUIRE(moe({"make-model", model_, "--type", "qwen3_moe", "--scheme", "w_mxfp4"}).status == 0);
  }
  ProcessResult run(const std::string& device, std::vector<std::string> environment,
                    const std::string& tokens = "4") const {
    return moe({"run", "--policy", policy_, "--model", model_, "--layer", "0", "--tokens", tokens,
                "--device", device},
               environment);
  }

 private:
  const TemporaryFolder folder_;
  const std::string policy_, model_;
};

}  // namespace

TEST_CASE("a GPU that is asked for and is not there: which, and why") {
  const std::pair<const char*, const char*> cases[] = {
      {"cuda:0", "libcuda.so.1 is there, but reports no device"},
      {"hip", "libamdhip64.so is there, but reports no device"}};
  for (const auto& [device, why] : cases) {
    const ProcessResult none = moe({"facts", "--device", device}, {kPretend, "PRETEND_GPU=none"});
    CHECK(none.status == 2);
    CHECK_THAT(none.err, StartsWith(std::string("moe: there is no device `") + device +
                                    "`; this machine has cpu: " + why));
  }
  const ProcessResult empty = moe({"facts", "--device", "cuda"}, {kEmpty});
  CHECK(empty.status == 2);
  CHECK_THAT(empty.err, Contains("this machine has cpu: libcuda.so.1 has no `cuInit`"));
  // Where there are some, they are what is of interest.
  const ProcessResult past = moe({"facts", "--device", "cuda:1"}, {kPretend});
  CHECK(past.status == 2);
  CHECK(past.err == "moe: there is no device `cuda:1`; this machine has cpu, hip:0, cuda:0\n");
}

TEST_CASE("run: what a device refuses ends the run with its words", "[gpu]") {
  const Layer layer;
  for (const std::string device : {"cuda:0", "hip:0"}) {
    if (!has_device_code(device == "hip:0" ? "gfx950" : "sm_90a")) continue;
    const auto error = [&](const char* wrong) {
      const ProcessResult result =
          layer.run(device, {kPretend, std::string("PRETEND_GPU=") + wrong});
      CHECK(result.status == 2);
      CHECK_THAT(result.out, Contains("packed(block_m = 16, split_k = 2): few"));
      return result.err;
    };
    CHECK_THAT(error("memory"),
               Contains("`packed(block_m = 16, split_k = 2)`") && Contains(device + " (Pretend ") &&
                   Contains("is out of memory: ") && Contains("1000 of 1073741824 are free"));
    CHECK_THAT(error("image"),
               Contains("could not load ") && Contains("moe: ptxas: line 3: no such thing"));
    CHECK_THAT(error("launch"), Contains("could not launch `switchyard_") &&
                                    Contains("with a grid of ") && Contains(" bytes of LDS"));
    CHECK_THAT(error("fault"), Contains("could not finish what was launched: ") &&
                                   Contains("the device was lost to this process"));
  }
  const char* const any = has_device_code("sm_90a") ? "cuda" : "hip";
  if (!has_device_code("gfx950") && !has_device_code("sm_90a")) return;
  const ProcessResult tile = layer.run(any, {kPretend}, "65");
  CHECK(tile.status == 2);
  CHECK_THAT(tile.err, Contains("parameter `block_m` is 48, but must be 16, 32"));
}

TEST_CASE("run: a build without device code for a GPU says so", "[gpu]") {
  const std::pair<const char*, const char*> devices[] = {{"cuda", "sm_90a"}, {"hip", "gfx950"}};
  for (const auto& [device, architecture] : devices) {
    if (has_device_code(architecture)) continue;
    const ProcessResult result = Layer().run(device, {kPretend});
    CHECK(result.status == 2);
    CHECK_THAT(result.err, Contains("is " + std::string(architecture) +
                                    ", for which this build has no device code; it has "));
    if (std::string(SWITCHYARD_BUILT_ARCHITECTURES).empty()) {
      CHECK_THAT(result.err, Contains("it has none"));
    }
  }
}

}  // namespace switchyard::moe
