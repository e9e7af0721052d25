#include <array>
#include <set>

#include "runtime/bench/matrix_rate.h"
#include "tests/moe_bench/machine_cases.h"

using namespace switchyard;
using namespace switchyard::bench;

TEST_CASE("the CPU's kernels are right and have times", "[cpu]") {
  const auto machine = cpu_machine(std::array{1, 2});
  CHECK(machine->threads() == std::vector{1, 2});
  for (const kernels::SchemeInfo& scheme : kernels::kSchemes) {
    CAPTURE(scheme.name);
    check_machine(*machine, kernels::cpu_kernels(), scheme.scheme, {1, 1, 0, 0});
  }
}

TEST_CASE("every loop of this processor runs, and one of each kind is found", "[ceilings]") {
  std::set<std::string> names;
  for (const ProductLoop& loop : product_loops()) {
    CAPTURE(loop.name);
    CHECK(names.insert(loop.name).second);
    CHECK(loop.operations > 0);
    loop.run(1);
    loop.run(1000);
  }
  alignas(64) static const std::array<std::byte, 4096> memory{};
  for (const ReadLoop& loop : read_loops()) {
    CAPTURE(loop.name);
    loop.run(memory.data(), memory.size());
  }
  REQUIRE(!product_loops().empty());
  CHECK(product_loops().front().operands == Operands::f32);
  CHECK(!read_loops().empty());
}

TEST_CASE("the CPU's ceilings are measured on the threads of a pool", "[ceilings]") {
  kernels::ThreadPool pool(2);
  const auto read = read_rate(pool, 1 << 20);
  REQUIRE(read);
  CHECK(read->rate > 0);
  CHECK_FALSE(read->name.empty());
  const std::vector<ProductRate> rates = product_rates(pool);
  REQUIRE(!rates.empty());
  CHECK(rates.front().operands == Operands::f32);
  std::set<Operands> operands;
  for (const ProductRate& rate : rates) {
    CHECK(rate.rate > 0);
    CHECK(operands.insert(rate.operands).second);
  }
  CHECK(!read_rate(pool, std::size_t{1} << 60));
}

TEST_CASE("a scheme's matrix rate is that of instructions that hold its elements", "[ceilings]") {
  using kernels::Scheme;
  const std::vector<ProductRate> rates = {
      {"fma", Operands::f32, 1}, {"bf16 dot", Operands::bf16, 2}, {"int8 dot", Operands::int8, 4}};
  for (const Scheme exact :
       {Scheme::w_mxfp4_a_mxfp4, Scheme::w_mxfp4_a_mxfp6_e2m3, Scheme::w_mxfp6_e2m3_a_mxfp6_e2m3}) {
    CHECK(matrix_rate_of(rates, exact).flops == 4);
  }
  for (const Scheme other : {Scheme::w_mxfp4, Scheme::w_mxfp4_a_fp8, Scheme::w_mxfp4_a_mxfp6_e3m2,
                             Scheme::w_mxfp6_e3m2_a_mxfp6_e3m2, Scheme::w_mxfp6_e2m3}) {
    CHECK(matrix_rate_of(rates, other).flops == 2);
  }
  CHECK(matrix_rate_of(rates, Scheme::w_mxfp4).source == "bf16 dot, measured here");
  CHECK(matrix_rate_of({{"fma", Operands::f32, 1}}, Scheme::w_mxfp4_a_mxfp4).flops == 1);
  CHECK(matrix_rate_of(std::vector<ProductRate>{}, Scheme::w_mxfp4).flops == 0);
}

TEST_CASE("a capability that does not hold ends the preparation", "[cpu]") {
  kernels::LayerConfig config;
  config.shape = {48, 64, 4, 2};
  const auto layer = cpu_machine(std::array{1})
                         ->prepare(*parse_choice("packed", kernels::cpu_kernels()), config, {});
  REQUIRE(!layer);
  CHECK_THAT(layer.error().message, Catch::Contains("hidden"));
}
