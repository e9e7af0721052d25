#include "runtime/bench/results.h"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

using namespace switchyard;
using namespace switchyard::bench;

namespace {

const std::string kFolder = "tests/moe_bench/expected/";

std::string read(const std::string& name) {
  std::ifstream in(kFolder + name);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

// Compares with the file; rewrites it instead where that was asked for by hand.
void check_golden(const std::string& name, const std::string& text) {
  if (std::getenv("SWITCHYARD_BLESS") != nullptr) {
    REQUIRE(std::getenv("CI") == nullptr);
    std::ofstream(kFolder + name) << text;
  }
  CHECK(text == read(name));
}

// Figures of no machine: every kind of row, a policy, a refusal, and two problems.
Results gpu_results() {
  Results results;
  results.device = "cuda:0";
  results.device_name = "Pretend <H200> & \"Co\", sm_90a, 132 multiprocessors";
  results.shape = *find_shape("gpt-oss-120b");
  results.ceilings = {{0, 4.62e12, 705e12, "measured here", "--matrix-rate", {}}};
  results.method = "each batch a graph that is replayed";
  results.routing = true;
  results.policy = "gpu (gpu.policy)";
  results.sizes = {{1, 4, 32}, {2, 7.875, 16}, {64, 111.5, 8}, {4096, 128, 8}};
  const std::string few = "packed(block_m = 16, split_k = 1)", many = "packed(block_m = 64)";
  results.measurements = {{few, 1, 0, 47e-6, 20, 55e-6, true, false, ""},
                          {few, 2, 0, 80e-6, 20, 88.25e-6, false, false, ""},
                          {few, 64, 0, 500e-6, 20, 510e-6, false, false, ""},
                          {few, 4096, 0, 8000e-6, 20, 8100e-6, false, false, ""},
                          {many, 1, 0, 0, 0, 0, false, true, "token 0 is beyond its bound"},
                          {many, 2, 0, 100e-6, 20, 108e-6, false, false, ""},
                          {many, 64, 0, 450e-6, 20, 460e-6, true, false, ""},
                          {many, 4096, 0, 2213e-6, 20, 2300e-6, false, false, ""},
                          {"emulated", 1, 0, 0, 0, 0, false, false, "cuda:0 is out of memory"},
                          {"emulated", 2, 0, 0, 0, 0, false, false, "cuda:0 is out of memory"}};
  results.decided = {{1, few, "decode (gpu.policy:8)", {41e-9, 30'100e-9, 30'250e-9}},
                     {2, "refused", "no two tokens (gpu.policy:7)", {}},
                     {64, many, "many (gpu.policy:9)", {40.25e-9, 29'800e-9, 29'790e-9}}};
  return results;
}

Results cpu_results() {
  Results results;
  results.device = "cpu";
  results.device_name = "x86_64, 1 thread";
  results.shape = *find_shape("256x128x8x2");
  results.scheme = kernels::Scheme::w_mxfp6_e3m2_a_fp8;
  results.ceilings = {{1, 12.5e9, 0, "--bandwidth", "unknown", {}}};
  results.method = "calls one after the other";
  results.sizes = {{8, 7.5, 8}};
  results.measurements = {{"native", 8, 1, 250e-6, 20, 0, false, false, ""}};
  return results;
}

// Two numbers of threads, whose floors are of different kinds.
Results threads_results() {
  Results results = cpu_results();
  results.device_name = "x86_64, 1 and 2 threads";
  results.ceilings = {
      {1,
       12.5e9,
       453.7e9,
       "measured here",
       "vdpbf16ps, measured here",
       {{"fma", Operands::f32, 227.4e9}, {"vdpbf16ps", Operands::bf16, 453.7e9}}},
      {2,
       13e9,
       2.61e12,
       "measured here",
       "tdpbf16ps, measured here",
       {{"tdpbf16ps", Operands::bf16, 2.61e12}, {"tdpbssd", Operands::int8, 52.1e12}}}};
  results.sizes = {{8, 7.5, 8}, {512, 8, 8}};
  results.measurements = {{"native", 8, 1, 250e-6, 20, 0, false, false, ""},
                          {"native", 8, 2, 200e-6, 160, 0, false, false, ""},
                          {"native", 512, 1, 0, 0, 0, false, true, "off"},
                          {"native", 512, 2, 0, 0, 0, false, true, "off"},
                          {"packed(block_m = 64)", 8, 1, 240e-6, 20, 0, false, false, ""},
                          {"packed(block_m = 64)", 8, 2, 210e-6, 20, 0, false, false, ""},
                          {"packed(block_m = 64)", 512, 1, 9e-3, 3, 0, false, false, ""},
                          {"packed(block_m = 64)", 512, 2, 8e-3, 1, 0, false, false, ""}};
  return results;
}

}  // namespace

TEST_CASE("text, JSON and picture of fixed figures", "[golden]") {
  check_golden("gpu.txt", to_text(gpu_results()));
  check_golden("gpu.json", to_json(gpu_results()));
  check_golden("gpu.svg", to_svg(gpu_results()));
  check_golden("cpu.txt", to_text(cpu_results()));
  check_golden("cpu.json", to_json(cpu_results()));
  check_golden("cpu.svg", to_svg(cpu_results()));
  check_golden("threads.txt", to_text(threads_results()));
  check_golden("threads.json", to_json(threads_results()));
  check_golden("threads.svg", to_svg(threads_results()));
}

TEST_CASE("a picture of nothing that was measured is one still", "[svg]") {
  Results results = cpu_results();
  results.measurements.front().seconds = 0;
  const std::string svg = to_svg(results);
  CHECK_THAT(svg, Catch::Contains("native: not measured") && Catch::EndsWith("</svg>\n"));
  CHECK_THAT(svg, !Catch::Contains("nan") && !Catch::Contains("inf"));
}

TEST_CASE("names cannot break the picture or the JSON", "[svg]") {
  Results results = cpu_results();
  results.device_name = "a<b>&'\"\x01\xFFz";
  CHECK_THAT(to_svg(results), Catch::Contains("on a&lt;b&gt;&amp;&#39;&quot;??z</text>"));
  CHECK(nlohmann::json::parse(to_json(results))["device_name"].is_string());
}

TEST_CASE("many kernels: the picture grows with its legend", "[svg]") {
  Results results = cpu_results();
  for (int i = 0; i < 60; ++i) {
    results.measurements.push_back(
        {"k" + std::to_string(i), 8, 1, 250e-6, 20, 0, false, false, ""});
  }
  CHECK_THAT(to_svg(results), Catch::Contains("viewBox=\"0 0 1040 1488\""));
}
