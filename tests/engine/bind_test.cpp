#include <catch2/catch.hpp>

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
