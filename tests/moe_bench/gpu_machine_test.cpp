#include "kernels/device/host/host_device.h"
#include "kernels/gpu/kernels.h"
#include "runtime/bench/bandwidth.h"
#include "tests/engine/policy_table.h"
#include "tests/moe_bench/machine_cases.h"

using namespace switchyard;
using namespace switchyard::bench;
using kernels::device::host::make_host_device;
using kernels::device::host::Model;

TEST_CASE("a device's kernels are right and have times", "[gpu]") {
  const std::pair<Model, kernels::Scheme> cases[] = {
      {Model::sm_90a, kernels::Scheme::w_mxfp4},
      {Model::gfx942, kernels::Scheme::w_mxfp6_e3m2_a_fp8},
      {Model::gfx950, kernels::Scheme::w_mxfp4_a_mxfp4}};
  for (const auto& [model, scheme] : cases) {
    CAPTURE(info(scheme).name);
    const auto device = make_host_device({model, {}, {}});
    const auto machine = gpu_machine(*device);
    check_machine(*machine, kernels::gpu::gpu_kernels(*device), scheme, {1, 1, 0, 0});
  }
}

TEST_CASE("a device's choices are those that it has kernels for", "[gpu]") {
  const auto device = make_host_device({Model::gfx950, {}, {}});
  kernels::LayerConfig config;
  config.scheme = kernels::Scheme::w_mxfp4_a_mxfp4;
  config.shape = {64, 64, 4, 2};
  const auto kernels = kernels::gpu::gpu_kernels(*device);
  bool native = false, split = false;
  const auto choices = all_choices(kernels, config);
  REQUIRE(choices);
  for (const KernelChoice& choice : *choices) {
    native = native || choice.kernel->name == "native";
    split = split || name_of(choice) == "packed(block_m = 16, split_k = 4)";
    CHECK(name_of(choice) != "packed(block_m = 64, split_k = 4)");
  }
  CHECK(native);
  CHECK(split);
  const auto refused = parse_choice("packed(block_m=48)", kernels);
  REQUIRE(!refused);
  CHECK_THAT(refused.error().message,
             Catch::Contains("parameter `block_m` is 48, but must be 16, 32 or 64"));
}

TEST_CASE("a device reads memory", "[gpu]") {
  const auto device = make_host_device({Model::sm_90a, {}, {}});
  const auto measured = read_bandwidth(*device, 1 << 20);
  if (!measured) FAIL(measured.error().message);
  CHECK(*measured > 0);
}

TEST_CASE("launches by the table are those made directly", "[gpu]") {
  const Table table = table_of(
      "policy p\nfact tokens : int 0 .. 100\ntarget emulated\ntarget packed\n"
      "emulated when tokens > 2\npacked otherwise\n");
  const auto device = make_host_device({Model::sm_90a, {}, {}});
  const auto machine = gpu_machine(*device);
  kernels::LayerConfig config;
  config.shape = {32, 32, 2, 1};
  const auto weights = RandomWeights::make(config, 3);
  const auto kernels = kernels::gpu::gpu_kernels(*device);
  const auto layer =
      machine->prepare(*parse_choice("packed(block_m=16)", kernels), config, weights->layer);
  REQUIRE(layer);
  const std::vector<Batch> batches = make_batches(config.shape, 1, 2, 3);
  REQUIRE((*layer)->load(batches));
  FactRow row(table);
  REQUIRE(row.set_int("tokens", 1));
  Dispatcher dispatcher(table, row, 0);
  const auto outcome = dispatcher.ask(1);
  REQUIRE(outcome);
  const auto cost = (*layer)->time_dispatch(dispatcher, *outcome);
  if (!cost) FAIL(cost.error().message);
  CHECK(cost->decide > 0);
  CHECK(cost->direct > 0);
  CHECK(cost->through_table > 0);
  // Another layer than the table picks is found, not measured.
  const auto other = (*layer)->time_dispatch(dispatcher, *outcome == 0 ? 1 : 0);
  REQUIRE(!other);
  CHECK(other.error().message == "the table answers otherwise than it did before");
}
