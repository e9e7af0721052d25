#include <catch2/catch.hpp>
#include <vector>

#include "runtime/decide/decide.h"
#include "runtime/decide/fact_row.h"
#include "runtime/engine/bound_table.h"
#include "tests/engine/policy_table.h"

using namespace switchyard;

namespace {

std::string bind_error(const std::string& policy, std::string_view device = "cpu") {
  const auto engine = BoundTable::bind(table_of(policy), kernels::cpu_kernels(), device);
  return engine ? "" : engine.error().message;
}

// The kernels of the CPU, or of a GPU: packed takes tiles of 16 to 64 rows and splits the
// reduction, native is not there.
std::vector<kernels::Kernel> kernels_on(std::string_view device) {
  if (device == "cpu") return kernels::cpu_kernels();
  std::vector<kernels::Kernel> gpu;
  for (kernels::Kernel kernel : kernels::cpu_kernels()) {
    if (kernel.name == "native") continue;
    kernel.device = "gpu";
    if (kernel.name == "packed") {
      kernel.parameters = {{"block_m", 16, 64, 64, ""}, {"split_k", 1, 4, 1, ""}};
    }
    gpu.push_back(std::move(kernel));
  }
  return gpu;
}

std::string bind_error_of_two(const std::string& policy, std::string_view device) {
  const auto engine = BoundTable::bind(table_of(policy), kernels_on(device), device,
                                       kernels_on(device == "cpu" ? "gpu" : "cpu"));
  return engine ? "" : engine.error().message;
}

}  // namespace

TEST_CASE("targets bind to the kernels of their names, outcomes to their values", "[engine]") {
  const Table table = table_of(R"(policy p
fact tokens : int 0 .. 100
fact broken : bool
target packed(block_m : int 1 .. 256 = 64)
target emulated
refuse when broken because "it is broken"
packed(block_m = 8) when tokens <= 10
packed when tokens <= 50
emulated otherwise
)");
  const auto engine = BoundTable::bind(table, kernels::cpu_kernels(), "cpu");
  REQUIRE(engine);
  CHECK(engine->device() == "cpu");
  FactRow row(table);
  const auto launch = [&](int tokens, bool broken) {
    row.clear();
    REQUIRE(row.set_int("tokens", tokens));
    REQUIRE(row.set_bool("broken", broken));
    return engine->launch(decide(engine->table(), *row.finish()));
  };
  REQUIRE(launch(5, false) != nullptr);
  CHECK(launch(5, false)->kernel->name == "packed");
  REQUIRE(launch(5, false)->parameters.size() == 1);
  CHECK(launch(5, false)->parameters[0].name == "block_m");
  CHECK(launch(5, false)->parameters[0].value == 8);
  CHECK(launch(20, false)->parameters[0].value == 64);
  CHECK(launch(90, false)->kernel->name == "emulated");
  CHECK(launch(90, false)->parameters.empty());
  CHECK(launch(90, true) == nullptr);
}

TEST_CASE("a table that names a kernel that is not there is refused", "[engine]") {
  const std::string policy = R"(policy p
fact tokens : int 0 .. 100
target cutlass
target emulated
cutlass when tokens > 10
emulated otherwise
)";
  CHECK(bind_error(policy) ==
        "policy `p`: target `cutlass` is not a kernel on cpu; its kernels are native, packed, "
        "emulated; rename the target, or use a build that has it");
  CHECK(bind_error(policy, "hip") ==
        "policy `p`: target `cutlass` is not a kernel on hip, which has none here; rename the "
        "target, or use a build that has it");
}

TEST_CASE("a table whose parameters the kernel does not take is refused", "[engine]") {
  const auto policy = [](const std::string& parameter, const std::string& values) {
    return "policy p\nfact tokens : int 0 .. 100\ntarget emulated\ntarget packed(" + parameter +
           ")\npacked" + values + " when tokens > 10\nemulated otherwise\n";
  };
  CHECK(bind_error(policy("split_k : int 1 .. 8 = 1", "")) ==
        "policy `p`: target `packed` has the parameter `split_k`, but the kernel on cpu does not; "
        "it has block_m (1 .. 256)");
  CHECK(bind_error(policy("block_m : int 1 .. 1024 = 64", "(block_m = 512)")) ==
        "policy `p`: kernel `packed`: parameter `block_m` is 512, but must be 1 .. 256");
  // A wider range is no error while no rule uses it.
  CHECK(bind_error(policy("block_m : int 1 .. 1024 = 64", "(block_m = 256)")) == "");
}

TEST_CASE("a parameter that is not an integer is refused", "[engine]") {
  CHECK(bind_error(R"(policy p
fact tokens : int 0 .. 100
target packed(block_m : enum { small, large } = small)
packed when tokens > 10
packed(block_m = large) otherwise
)") == "policy `p`: parameter `block_m` of target `packed` is not an integer, but the kernel's is, "
       "1 .. 256");
}

TEST_CASE("targets of decision blocks are not kernels and are left alone", "[engine]") {
  CHECK(bind_error(R"(policy p
fact tokens : int 0 .. 100
decision family {
  target small
  target large
  small when tokens < 10
  large otherwise
}
target packed
target emulated
packed when family == small
emulated otherwise
)") == "");
}

TEST_CASE("one table for two devices: each binds what it has, and says what it lacks", "[engine]") {
  const Table table = table_of(R"(policy p
fact device : name { cpu, gpu }
fact tokens : int 0 .. 100
target native
target packed(block_m : int 1 .. 256 = 64, split_k : int 1 .. 4 = 1)
native when tokens <= 10
packed(block_m = 16, split_k = 2) when tokens <= 20
packed(block_m = 256) when tokens <= 30
packed otherwise
)");
  const std::vector<kernels::Kernel> of_cpu = kernels_on("cpu"), of_gpu = kernels_on("gpu");
  const auto on_cpu = BoundTable::bind(table, of_cpu, "cpu", of_gpu);
  const auto on_gpu = BoundTable::bind(table, of_gpu, "gpu", of_cpu);
  REQUIRE(on_cpu);
  REQUIRE(on_gpu);
  const BoundTable cpu = *on_cpu, gpu = *on_gpu;
  FactRow row(table);
  const auto decision = [&](int tokens) {
    row.clear();
    REQUIRE(row.set_text("device", "other"));
    REQUIRE(row.set_int("tokens", tokens));
    return decide(table, *row.finish());
  };
  const Decision native = decision(5), split = decision(15), large = decision(25);
  const Decision plain = decision(35);
  // The CPU's packed has no `split_k`; at the policy's default it need not.
  REQUIRE(cpu.launch(plain) != nullptr);
  CHECK(cpu.launch(plain)->kernel->device == "cpu");
  REQUIRE(cpu.launch(plain)->parameters.size() == 1);
  CHECK(cpu.launch(plain)->parameters[0].name == "block_m");
  CHECK(cpu.missing(plain).empty());
  REQUIRE(cpu.launch(large) != nullptr);
  CHECK(cpu.launch(large)->parameters[0].value == 256);
  CHECK(cpu.launch(native) != nullptr);
  CHECK(cpu.launch(split) == nullptr);
  CHECK(cpu.missing(split) ==
        "kernel `packed` has no parameter `split_k`; it has block_m (1 .. 256)");

  REQUIRE(gpu.launch(plain) != nullptr);
  CHECK(gpu.launch(plain)->kernel->device == "gpu");
  CHECK(gpu.launch(plain)->parameters.size() == 2);
  CHECK(gpu.launch(split)->parameters[1].value == 2);
  CHECK(gpu.launch(native) == nullptr);
  CHECK(gpu.missing(native) ==
        "target `native` is not a kernel on gpu; its kernels are packed, emulated");
  CHECK(gpu.launch(large) == nullptr);
  CHECK(gpu.missing(large) == "kernel `packed`: parameter `block_m` is 256, but must be 16 .. 64");
}

TEST_CASE("a table that no device can obey is refused, whichever it is bound for", "[engine]") {
  const auto policy = [](const std::string& target, const std::string& rule) {
    return "policy p\nfact tokens : int 0 .. 100\ntarget emulated\ntarget " + target + "\n" + rule +
           " when tokens > 10\nemulated otherwise\n";
  };
  CHECK(bind_error_of_two(policy("cutlass", "cutlass"), "gpu") ==
        "policy `p`: target `cutlass` is not a kernel on gpu; its kernels are packed, emulated; "
        "rename the target, or use a build that has it");
  const std::string misspelt = policy("packed(blok_m : int 1 .. 64 = 1)", "packed");
  CHECK(bind_error_of_two(misspelt, "cpu") ==
        "policy `p`: target `packed` has the parameter `blok_m`, but the kernel on cpu does not; "
        "it has block_m (1 .. 256), on gpu block_m (16 .. 64), split_k (1 .. 4)");
  CHECK(bind_error_of_two(misspelt, "gpu") ==
        "policy `p`: target `packed` has the parameter `blok_m`, but the kernel on gpu does not; "
        "it has block_m (16 .. 64), split_k (1 .. 4), on cpu block_m (1 .. 256)");
  const std::string huge = policy("packed(block_m : int 1 .. 1024 = 64)", "packed(block_m = 512)");
  CHECK(bind_error_of_two(huge, "cpu") ==
        "policy `p`: kernel `packed`: parameter `block_m` is 512, but must be 1 .. 256");
  CHECK(bind_error_of_two(huge, "gpu") ==
        "policy `p`: kernel `packed`: parameter `block_m` is 512, but must be 16 .. 64");
  // Each value is one device's, the pair is nobody's.
  const std::string pair = policy("packed(block_m : int 1 .. 256 = 64, split_k : int 1 .. 4 = 1)",
                                  "packed(block_m = 256, split_k = 2)");
  CHECK(bind_error_of_two(pair, "gpu") ==
        "policy `p`: kernel `packed`: parameter `block_m` is 256, but must be 16 .. 64");
  CHECK(bind_error_of_two(pair, "cpu") ==
        "policy `p`: kernel `packed` has no parameter `split_k`; it has block_m (1 .. 256)");
  const std::string native = "policy p\nfact mx : bool\ntarget native\nnative otherwise\n";
  CHECK(bind_error_of_two(native, "cpu") == "");
  CHECK(bind_error_of_two(native, "gpu") ==
        "policy `p`: target `native` is not a kernel on gpu; its kernels are packed, emulated");
}
