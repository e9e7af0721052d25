#include <catch2/catch.hpp>
#include <random>

#include "kernels/cpu/thread_pool.h"
#include "runtime/decide/decide.h"
#include "runtime/decide/fact_row.h"
#include "runtime/engine/bound_layer.h"
#include "tests/engine/policy_table.h"
#include "tests/kernels/random_layer.h"

using namespace switchyard;

namespace {

constexpr const char* kPolicy = R"(policy by_tokens
fact tokens : int 0 .. 100
assume tokens != 13
target packed(block_m : int 1 .. 256 = 64)
target emulated
refuse when tokens > 50 because "too many at once"
packed(block_m = 2) when tokens <= 4
emulated otherwise
)";

constexpr kernels::LayerConfig kConfig{
    kernels::Scheme::w_mxfp4_a_mxfp4, {64, 32, 4, 2}, kernels::Activation::silu, {}};

// A layer's run of so many tokens: its error, or nothing.
std::string error_of_run(const Table& table, const BoundTable& engine, std::int64_t tokens) {
  std::mt19937 random(73);
  const kernels::RandomLayer weights = kernels::random_layer(kConfig, random);
  auto layer = BoundLayer::create(engine, kConfig, weights.weights);
  REQUIRE(layer);
  kernels::ThreadPool pool(1);
  FactRow row(table);
  REQUIRE(row.set_int("tokens", tokens));
  const auto x = kernels::random_tokens(tokens, 64, random);
  std::vector<float> out(x.size());
  const auto decision = layer->run(*row.finish(), x, out.data(), pool);
  return decision ? "" : decision.error().message;
}

}  // namespace

TEST_CASE("a layer runs the kernel that the table names", "[engine]") {
  const Table table = table_of(kPolicy);
  const auto engine = BoundTable::bind(table, kernels::cpu_kernels(), "cpu");
  REQUIRE(engine);
  std::mt19937 random(71);
  const kernels::RandomLayer weights = kernels::random_layer(kConfig, random);
  auto layer = BoundLayer::create(*engine, kConfig, weights.weights);
  REQUIRE(layer);
  kernels::ThreadPool pool(2);
  FactRow row(table);
  for (const std::int64_t tokens : {0, 3, 8, 3}) {
    row.clear();
    REQUIRE(row.set_int("tokens", tokens));
    const auto x = kernels::random_tokens(tokens, 64, random);
    std::vector<float> out(x.size()), direct(x.size());
    const auto decision = layer->run(*row.finish(), x, out.data(), pool);
    REQUIRE(decision);
    const Launch* launch = engine->launch(*decision);
    REQUIRE(launch != nullptr);
    CHECK(launch->kernel->name == (tokens <= 4 ? "packed" : "emulated"));
    auto prepared = kernels::prepare(*launch->kernel, kConfig, weights.weights, launch->parameters);
    REQUIRE(prepared);
    REQUIRE((*prepared)->run(x, direct.data(), pool));
    CHECK(out == direct);
    // The same decision keeps its prepared kernel.
    const auto kept = layer->prepare(*decision);
    REQUIRE(kept);
    CHECK(*kept == *layer->prepare(*decision));
  }
}

TEST_CASE("what the policy refuses, or excludes, does not run and says why", "[engine]") {
  const Table table = table_of(kPolicy);
  const auto engine = BoundTable::bind(table, kernels::cpu_kernels(), "cpu");
  REQUIRE(engine);
  std::mt19937 random(72);
  const kernels::RandomLayer weights = kernels::random_layer(kConfig, random);
  auto layer = BoundLayer::create(*engine, kConfig, weights.weights);
  REQUIRE(layer);
  kernels::ThreadPool pool(1);
  const auto x = kernels::random_tokens(1, 64, random);
  std::vector<float> out(x.size());
  FactRow row(table);
  const auto error = [&](std::int64_t tokens) {
    row.clear();
    REQUIRE(row.set_int("tokens", tokens));
    const auto decision = layer->run(*row.finish(), x, out.data(), pool);
    return decision ? "" : decision.error().message;
  };
  CHECK_THAT(error(60), Catch::Contains("too many at once"));
  CHECK_THAT(error(13), Catch::Contains("tokens"));
  const auto refused = layer->prepare(decide(table, [&] {
    row.clear();
    REQUIRE(row.set_int("tokens", 60));
    return *row.finish();
  }()));
  REQUIRE(!refused);
  CHECK(refused.error().message ==
        "policy `by_tokens` names no kernel for these facts, so there is nothing to run");
}

TEST_CASE("a kernel that cannot run the layer is an error that quotes its clause", "[engine]") {
  const Table table = table_of(kPolicy);
  std::vector<kernels::Kernel> limited = kernels::cpu_kernels();
  for (kernels::Kernel& kernel : limited) {
    kernel.capability.push_back({"top_k", kernels::Clause::Within{1, 1}});
  }
  const auto engine = BoundTable::bind(table, limited, "cpu");
  REQUIRE(engine);
  CHECK(error_of_run(table, *engine, 1) ==
        "policy `by_tokens` picks `packed(block_m = 2)` for this layer, but it cannot run it: "
        "kernel `packed` on cpu: it requires `top_k in 1 .. 1`, but top_k is 2");
}

TEST_CASE("a decision that another device could obey is an error that says what is missing",
          "[engine]") {
  const Table table = table_of(kPolicy);
  std::vector<kernels::Kernel> gpu;
  for (kernels::Kernel kernel : kernels::cpu_kernels()) {
    kernel.device = "gpu";
    if (kernel.name != "packed") gpu.push_back(std::move(kernel));
  }
  const auto engine = BoundTable::bind(table, gpu, "gpu", kernels::cpu_kernels());
  REQUIRE(engine);
  CHECK(error_of_run(table, *engine, 1) ==
        "policy `by_tokens` picks `packed(block_m = 2)`, but target `packed` is not a kernel on "
        "gpu; its kernels are native, emulated");
  CHECK(error_of_run(table, *engine, 5) == "");
}

TEST_CASE("a layer that no kernel can run is refused at once", "[engine]") {
  const Table table = table_of(kPolicy);
  const auto engine = BoundTable::bind(table, kernels::cpu_kernels(), "cpu");
  REQUIRE(engine);
  kernels::LayerConfig odd = kConfig;
  odd.shape.intermediate = 40;
  const auto layer = BoundLayer::create(*engine, odd, {});
  REQUIRE(!layer);
  CHECK_THAT(layer.error().message,
             Catch::StartsWith("intermediate is 40, but must be a multiple of 32"));
  const auto empty = BoundLayer::create(*engine, kConfig, {});
  REQUIRE(!empty);
  CHECK(empty.error().message == "weights of 0 experts were given, but experts is 4");
}
