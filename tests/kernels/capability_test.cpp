#include <catch2/catch.hpp>
#include <random>

#include "kernels/cpu/thread_pool.h"
#include "kernels/registry.h"
#include "tests/kernels/random_layer.h"

using namespace switchyard::kernels;

namespace {

const Kernel& kernel(std::string_view name) {
  for (const Kernel& candidate : cpu_kernels()) {
    if (candidate.name == name) return candidate;
  }
  FAIL("no kernel " << name);
  return cpu_kernels().front();
}

std::string message(const Expected<void>& result) { return result ? "" : result.error().message; }

}  // namespace

TEST_CASE("the CPU has the three variants, in order", "[registry]") {
  std::vector<std::string> names;
  for (const Kernel& each : cpu_kernels()) {
    names.push_back(each.name);
    CHECK(each.device == "cpu");
    for (const Parameter& parameter : each.parameters) {
      CHECK(parameter.low <= parameter.default_value);
      CHECK(parameter.default_value <= parameter.high);
    }
  }
  CHECK(names == std::vector<std::string>{"native", "packed", "emulated"});
}

TEST_CASE("clauses print in the policy language", "[registry]") {
  std::vector<std::string> lines;
  for (const Clause& clause : kernel("packed").capability) lines.push_back(to_text(clause));
  CHECK(lines ==
        std::vector<std::string>{
            "device == cpu",
            "scheme in <w_mxfp4, w_mxfp4_a_mxfp4, w_mxfp4_a_mxfp6_e3m2, w_mxfp4_a_mxfp6_e2m3, "
            "w_mxfp4_a_fp8, w_mxfp6_e3m2, w_mxfp6_e3m2_a_mxfp6_e3m2, w_mxfp6_e3m2_a_fp8, "
            "w_mxfp6_e2m3, w_mxfp6_e2m3_a_mxfp6_e2m3, w_mxfp6_e2m3_a_fp8>",
            "activation in <silu, swigluoai>", "hidden % 32 == 0", "intermediate % 32 == 0"});
  CHECK(to_text(Clause{"top_k", Clause::Within{1, 8}}) == "top_k in 1 .. 8");
  CHECK(to_text(Clause{"supports_mx", Clause::Holds{}}) == "supports_mx");
}

TEST_CASE("a capability holds or says which clause does not", "[registry]") {
  const Capability capability = {{"device", Clause::OneOf{{"cpu"}}},
                                 {"hidden", Clause::MultipleOf{32}},
                                 {"top_k", Clause::Within{1, 8}},
                                 {"supports_mx", Clause::Holds{}}};
  const auto check = [&](std::vector<FactValue> facts) {
    return message(satisfied(capability, facts));
  };
  CHECK(check({{"device", "cpu"}, {"hidden", std::int64_t{64}}, {"top_k", std::int64_t{8}}}) == "");
  CHECK(check({{"tokens", std::int64_t{3}}}) == "");
  CHECK(check({{"device", "hip"}}) == "it requires `device == cpu`, but device is hip");
  CHECK(check({{"hidden", std::int64_t{40}}}) ==
        "it requires `hidden % 32 == 0`, but hidden is 40");
  CHECK(check({{"top_k", std::int64_t{9}}}) == "it requires `top_k in 1 .. 8`, but top_k is 9");
  CHECK(check({{"top_k", std::int64_t{0}}}) == "it requires `top_k in 1 .. 8`, but top_k is 0");
  CHECK(check({{"supports_mx", true}}) == "");
  CHECK(check({{"supports_mx", false}}) == "it requires `supports_mx`, but supports_mx is false");
  CHECK(check({{"device", true}}) == "it requires `device == cpu`, but device is true");
  CHECK(check({{"device", std::int64_t{1}}}) == "it requires `device == cpu`, but device is 1");
}

TEST_CASE("parameters take their value, their default, or are refused", "[registry]") {
  const auto resolve = [&](std::string_view name, std::vector<ParameterValue> given) {
    return resolve_parameters(kernel(name), given);
  };
  CHECK(*resolve("packed", {}) == std::vector<std::int64_t>{64});
  CHECK(*resolve("packed", {{"block_m", 1}}) == std::vector<std::int64_t>{1});
  CHECK(*resolve("packed", {{"block_m", 256}}) == std::vector<std::int64_t>{256});
  CHECK(resolve("packed", {{"block_m", 257}}).error().message ==
        "kernel `packed`: parameter `block_m` is 257, but must be 1 .. 256");
  CHECK(resolve("packed", {{"block_m", 0}}).error().message ==
        "kernel `packed`: parameter `block_m` is 0, but must be 1 .. 256");
  CHECK(resolve("packed", {{"split_k", 2}}).error().message ==
        "kernel `packed` has no parameter `split_k`; it has block_m (1 .. 256)");
  CHECK(resolve("native", {{"split_k", 2}}).error().message ==
        "kernel `native` has no parameter `split_k`; it has none");
}

TEST_CASE("a kernel of the registry prepares and runs a layer", "[registry]") {
  std::mt19937 random(51);
  const LayerConfig config{Scheme::w_mxfp4, {64, 32, 4, 2}, Activation::silu, {}};
  const RandomLayer layer = random_layer(config, random);
  const auto x = random_tokens(3, 64, random);
  ThreadPool pool(2);
  for (const Kernel& each : cpu_kernels()) {
    auto prepared = prepare(each, config, layer.weights);
    REQUIRE(prepared);
    std::vector<float> once(x.size()), again(x.size());
    REQUIRE((*prepared)->run(x, once.data(), pool));
    REQUIRE((*prepared)->run(x, (*prepared)->route(x, pool), again.data(), pool));
    CHECK(once == again);
  }
  LayerConfig odd = config;
  odd.shape.hidden = 48;
  CHECK_THAT(prepare(kernel("native"), odd, layer.weights).error().message,
             Catch::StartsWith("kernel `native` on cpu: hidden is 48, but must be a multiple of "
                               "32"));
}

TEST_CASE("schemes go by name and by formats", "[registry]") {
  for (const SchemeInfo& scheme : kSchemes) {
    CHECK(scheme_from_name(scheme.name) == scheme.scheme);
    CHECK(scheme_of(scheme.weight, scheme.activation) == scheme.scheme);
    CHECK(&info(scheme.scheme) == &scheme);
  }
  CHECK(!scheme_from_name("w_mxfp8"));
  CHECK(!scheme_of(WeightFormat::mxfp6_e3m2, ActivationFormat::mxfp4));
}
