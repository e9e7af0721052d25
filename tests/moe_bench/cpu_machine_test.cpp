#include "runtime/bench/bandwidth.h"
#include "tests/moe_bench/machine_cases.h"

using namespace switchyard;
using namespace switchyard::bench;

TEST_CASE("the CPU's kernels are right and have times", "[cpu]") {
  kernels::ThreadPool pool(2);
  const auto machine = cpu_machine(pool);
  for (const kernels::SchemeInfo& scheme : kernels::kSchemes) {
    CAPTURE(scheme.name);
    check_machine(*machine, kernels::cpu_kernels(), scheme.scheme, {1, 1, 0, 0});
  }
}

TEST_CASE("the CPU reads memory", "[cpu]") {
  kernels::ThreadPool pool(2);
  CHECK(read_bandwidth(pool, 1 << 20) > 0);
}

TEST_CASE("a capability that does not hold ends the preparation", "[cpu]") {
  kernels::ThreadPool pool(1);
  kernels::LayerConfig config;
  config.shape = {48, 64, 4, 2};
  const auto layer = cpu_machine(pool)->prepare(
      *parse_choice("packed", kernels::cpu_kernels()), config, {});
  REQUIRE(!layer);
  CHECK_THAT(layer.error().message, Catch::Contains("hidden"));
}
