#include "runtime/facts/probe.h"

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <map>

#include "runtime/decide/decide.h"
#include "runtime/facts/variables.h"
#include "tests/facts/compiled.h"
#include "tests/process/process.h"

namespace switchyard::facts {
namespace {

using Catch::Matchers::Contains;
using Catch::Matchers::Equals;

constexpr const char* kPolicy = R"(policy p
fact arch : name { gfx950 } from device arch
fact scheme : enum { w4, w8 } from model scheme
fact aiter : bool = true from env "VLLM_ROCM_USE_AITER_MOE" replaces env "VLLM_ROCM_USE_AITER_FUSED"
fact triton : switch from env "USE_TRITON"
fact graphs : bool
fact tokens : int 1 .. 1024
fact mode : enum { fast, safe } = fast
target a
target b
a when aiter and triton != off and scheme == w4 and arch == gfx950 and (graphs or mode == fast)
  and tokens < 512
b otherwise
)";

Provider provider(Source source, std::string origin, std::map<std::string, Value> values) {
  return {source, std::move(origin), [values](const std::string& key) -> std::optional<Value> {
            const auto found = values.find(key);
            if (found == values.end()) return std::nullopt;
            return found->second;
          }};
}

Surroundings around(std::map<std::string, std::string> variables) {
  Surroundings out;
  out.providers = {provider(Source::device, "hipGetDeviceProperties", {{"arch", "gfx950"}}),
                   provider(Source::engine, "the engine's options", {{"graphs", true}})};
  out.variables.clear();
  for (const auto& [name, value] : variables) out.variables.push_back(name);
  out.environment = [variables](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    if (found == variables.end()) return std::nullopt;
    return found->second;
  };
  return out;
}

std::string error_of(const Table& table, const Surroundings& surroundings) {
  const auto probed = probe_facts(table, surroundings);
  REQUIRE_FALSE(probed);
  return probed.error().message;
}

TEST_CASE("a process's start: every fact, its value, who said so, and what comes later") {
  const Table table = compile(kPolicy);
  auto probed = probe_facts(table, around({{"USE_TRITON", "Yes"}}));
  INFO((probed ? std::string() : probed.error().message));
  REQUIRE(probed);
  const std::vector<std::array<std::string, 4>> expected = {
      {"arch", "gfx950", "from device arch", "hipGetDeviceProperties"},
      {"scheme", "?", "from model scheme", "sent with each decision"},
      {"aiter", "true", "from env \"VLLM_ROCM_USE_AITER_MOE\"",
       "environment variable VLLM_ROCM_USE_AITER_MOE is not set: default of the policy"},
      {"triton", "on", "from env \"USE_TRITON\"", "environment variable USE_TRITON=Yes"},
      {"graphs", "true", "", "the engine's options"},
      {"tokens", "?", "", "sent with each decision"},
      {"mode", "fast", "", "sent with each decision, or the policy's default"}};
  REQUIRE(probed->facts.size() == expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const ProbedFact& fact = probed->facts[i];
    CHECK(fact.name == expected[i][0]);
    CHECK(fact.value.value_or("?") == expected[i][1]);
    CHECK(fact.declared == expected[i][2]);
    CHECK(fact.origin == expected[i][3]);
    CHECK(fact.fixed == (i != 1 && i < 5));
    CHECK(probed->row.is_set(static_cast<std::uint32_t>(i)) == fact.fixed);
  }
  CHECK(probed->warnings.empty());
  CHECK_THAT(to_text(*probed),
             Contains("  arch   = gfx950  from device arch: hipGetDeviceProperties\n") &&
                 Contains("  tokens = ?       sent with each decision\n"));
  // The rest comes with a decision.
  REQUIRE(probed->row.set_text("scheme", "w4"));
  REQUIRE(probed->row.set_int("tokens", 8));
  const auto facts = probed->row.finish();
  REQUIRE(facts);
  CHECK(table.targets()[table.outcomes()[decide(table, *facts).index].target].name == "a");
}

TEST_CASE("the old name of a variable is an error that names the new one") {
  const Table table = compile(kPolicy);
  CHECK_THAT(error_of(table, around({{"VLLM_ROCM_USE_AITER_FUSED", "1"}})),
             Equals("environment variable VLLM_ROCM_USE_AITER_FUSED was renamed: set "
                    "VLLM_ROCM_USE_AITER_MOE instead, and remove VLLM_ROCM_USE_AITER_FUSED (fact "
                    "`aiter`)"));
  CHECK_THAT(error_of(table, around({{"VLLM_ROCM_USE_AITER_FUSED", "1"},
                                     {"VLLM_ROCM_USE_AITER_MOE", "1"}})),
             Equals("environment variable VLLM_ROCM_USE_AITER_FUSED was renamed to "
                    "VLLM_ROCM_USE_AITER_MOE, which is set too: remove VLLM_ROCM_USE_AITER_FUSED "
                    "(fact `aiter`)"));
  // Given by hand it is a warning: the variable decides nothing, but somebody meant it to.
  Surroundings by_hand = around({{"VLLM_ROCM_USE_AITER_FUSED", "1"}});
  by_hand.overrides = {{"aiter", "false"}};
  const auto probed = probe_facts(table, by_hand);
  REQUIRE(probed);
  REQUIRE(probed->warnings.size() == 1);
  CHECK_THAT(probed->warnings[0], Contains("was renamed: set VLLM_ROCM_USE_AITER_MOE instead"));
  CHECK(probed->facts[2].value == "false");
  CHECK(probed->facts[2].origin == "override");
}

TEST_CASE("what would silently decide otherwise is an error in the engine's words") {
  const Table table = compile(kPolicy);
  CHECK_THAT(error_of(table, around({{"VLLM_ROCM_USE_AITER_MOE", "maybe"}})),
             Contains("VLLM_ROCM_USE_AITER_MOE=maybe"));
  Surroundings other = around({});
  other.providers[0] = provider(Source::device, "d", {{"kind", "hip"}, {"arch", std::int64_t{9}}});
  CHECK_THAT(error_of(table, other), Contains("arch") && Contains("(from d)"));
  other.providers = {provider(Source::model, "m", {{"scheme", "w5"}})};
  CHECK_THAT(error_of(table, other), Contains("fact `scheme` has no value `w5`"));
  other = around({});
  other.overrides = {{"graph", "true"}};
  CHECK_THAT(error_of(table, other), Contains("no fact `graph`; did you mean `graphs`?"));
  other.overrides = {{"mode", "safe"}, {"mode", "fast"}};
  CHECK_THAT(error_of(table, other), Contains("fact `mode` is given twice by override"));
  const Table needs =
      compile("policy q\nfact x : enum { u, v } from env \"X\"\ntarget t\nt otherwise\n");
  CHECK_THAT(
      error_of(needs, around({})),
      Equals("environment variable X is not set, and fact `x` has no default; set it, or give "
             "it as an override of `x`"));
}

TEST_CASE("a provider without a key that a fact names") {
  const Table table = compile(
      "policy q\nfact x : bool from device mx\nfact y : bool from device arch\n"
      "target t\nt otherwise\n");
  Surroundings with = around({});
  with.providers = {provider(Source::device, "d", {{"arch", true}})};
  CHECK_THAT(
      error_of(table, with),
      Equals("fact `x` is read `from device mx`, but device has arch; give it as an override of "
             "`x`"));
  with.providers = {provider(Source::device, "hip:0", {{"other", true}})};
  CHECK_THAT(error_of(table, with),
             Equals("fact `x` is read `from device mx`, but hip:0 has no such key; give it as an "
                    "override of `x`\n"
                    "fact `y` is read `from device arch`, but hip:0 has no such key; give it as an "
                    "override of `y`"));
  with.providers.clear();
  const auto probed = probe_facts(table, with);
  REQUIRE(probed);
  CHECK_FALSE(probed->facts[0].fixed);
}

TEST_CASE("variables that look misspelt are told, others are not") {
  const Table table = compile(kPolicy);
  const auto meant = [&](const std::string& name, std::vector<std::string> others = {}) {
    const auto found = unread_variables(table, std::vector<std::string>{name}, others);
    return found.empty() ? std::string() : found[0].instead;
  };
  const std::string aiter = "VLLM_ROCM_USE_AITER_MOE";
  for (const char* name :
       {"VLLM_ROCM_USE_AITER_MEO", "VLLM_ROCM_USE_AITR_MOE", "VLLM_ROCM_USE_AITTER_MOE",
        "VLLM_RCOM_USE_AITER_MOE", "VLLM_ROCM_USE_AITER_MOA", "vllm_rocm_use_aiter_moe",
        "VLLM_ROCM_USEAITER_MOE", "VLLM_ROCM_USE_AITER_MO_E", "VLLM_ROCM_AITER_USE_MOE",
        "ROCM_USE_AITER_MOE", "MY_VLLM_ROCM_USE_AITER_MOE", "VLLM-ROCM-USE-AITER-MOE",
        "VLLM__ROCM_USE_AITER_MOE"}) {
    INFO(name);
    CHECK(meant(name) == aiter);
  }
  for (const char* name :
       {"VLLM_ROCM_USE_AITER_MOE", "VLLM_ROCM_USE_AITER", "VLLM_ROCM_USE_AITER_MHA",
        "VLLM_ROCM_USE_AITER_MLA", "VLLM_ROCM_USE_AITER_LINEAR", "PATH", "HOME", "", "_", "TRITON",
        "USE", "MOE", "X_USE_TRITON", "TRITON_USE"}) {
    INFO(name);
    CHECK(meant(name).empty());
  }
  CHECK(meant("USE_TRITTON") == "USE_TRITON");
  CHECK(meant("VLLM_ROCM_USE_AITER_MEO", {"VLLM_ROCM_USE_AITER_MEO"}).empty());
  const Table digits = compile(
      "policy q\nfact x : bool = false from env \"USE_FP4_MOE\"\ntarget t\n"
      "target u\nt when x\nu otherwise\n");
  CHECK(unread_variables(digits, std::vector<std::string>{"USE_FP8_MOE"}, {}).empty());
  const auto probed = probe_facts(table, around({{"VLLM_ROCM_USE_AITER_MEO", "0"}}));
  REQUIRE(probed);
  REQUIRE(probed->warnings.size() == 1);
  CHECK(
      probed->warnings[0] ==
      "environment variable VLLM_ROCM_USE_AITER_MEO is set, but policy p does not read it; did you "
      "mean VLLM_ROCM_USE_AITER_MOE (fact `aiter`)?");
  CHECK_THAT(to_text(*probed), Contains("  warning: environment variable VLLM_ROCM_USE_AITER_MEO"));
}

TEST_CASE("this process's own variables") {
  REQUIRE(::setenv("SWITCHYARD_PROBE_TEST", "a=b", 1) == 0);
  const auto names = process_variables();
  CHECK(std::is_sorted(names.begin(), names.end()));
  CHECK(std::find(names.begin(), names.end(), "SWITCHYARD_PROBE_TEST") != names.end());
  CHECK(process_environment()("SWITCHYARD_PROBE_TEST") == "a=b");
  REQUIRE(::unsetenv("SWITCHYARD_PROBE_TEST") == 0);
  CHECK_FALSE(process_environment()("SWITCHYARD_PROBE_TEST"));
}

}  // namespace
}  // namespace switchyard::facts
