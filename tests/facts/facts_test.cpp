#include <catch2/catch.hpp>
#include <map>

#include "runtime/facts/device.h"
#include "runtime/facts/aiter_switches.h"
#include "runtime/facts/model_facts.h"
#include "tests/checkpoint/real_configs.h"

namespace switchyard::facts {
namespace {

using Catch::Matchers::Contains;
using Catch::Matchers::Equals;

Environment with(std::map<std::string, std::string> variables) {
  return [variables](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    if (found == variables.end()) return std::nullopt;
    return found->second;
  };
}

std::string text_of(const std::vector<Provided>& facts, std::string_view key) {
  for (const Provided& fact : facts) {
    if (fact.key == key) return to_text(fact.value);
  }
  return "absent";
}

TEST_CASE("which architectures have MX instructions") {
  CHECK(has_mx_instructions("hip", "gfx950"));
  CHECK_FALSE(has_mx_instructions("hip", "gfx942"));
  CHECK_FALSE(has_mx_instructions("hip", "gfx90a"));
  CHECK_FALSE(has_mx_instructions("cuda", "sm_90"));
  CHECK(has_mx_instructions("cuda", "sm_100"));
  CHECK(has_mx_instructions("cuda", "sm_120"));
  CHECK_FALSE(has_mx_instructions("cuda", "sm_"));
  CHECK_FALSE(has_mx_instructions("cpu", "x86_64"));
}

TEST_CASE("devices are chosen by kind and index") {
  const std::vector<Device> devices = {{"cpu", 0, "x86_64", false, "", "uname"},
                                       {"hip", 0, "gfx942", false, "MI300X", "libamdhip64.so"},
                                       {"hip", 1, "gfx950", true, "MI355X", "libamdhip64.so"}};
  CHECK(choose_device(devices, "cpu")->arch == "x86_64");
  CHECK(choose_device(devices, "hip")->arch == "gfx942");
  CHECK(choose_device(devices, "hip:1")->arch == "gfx950");
  CHECK_THAT(choose_device(devices, "cuda").error().message,
             Equals("there is no device `cuda`; this machine has cpu, hip:0, hip:1"));
  const std::vector<Provided> facts = device_facts(devices[2], devices);
  CHECK(text_of(facts, "kind") == "hip");
  CHECK(text_of(facts, "device") == "hip");
  CHECK(text_of(facts, "arch") == "gfx950");
  CHECK(text_of(facts, "supports_mx") == "true");
  CHECK(text_of(facts, "count") == "2");
  CHECK(text_of(facts, "index") == "1");
  CHECK_THAT(facts[0].origin, Contains("hip:1") && Contains("libamdhip64.so"));
}

TEST_CASE("this machine has a CPU of the architecture it was built for") {
  std::vector<std::string> problems;
  const std::vector<Device> devices = find_devices(problems);
  REQUIRE_FALSE(devices.empty());
  CHECK(devices[0].kind == "cpu");
  CHECK_FALSE(devices[0].supports_mx);
#if defined(__x86_64__)
  CHECK(devices[0].arch == "x86_64");
#elif defined(__aarch64__)
  CHECK(devices[0].arch == "aarch64");
#endif
}

TEST_CASE("AITER's switches: vLLM's defaults, words in any case, errors that name the variable") {
  const auto nothing = environment_facts(with({}));
  REQUIRE(nothing);
  CHECK(text_of(*nothing, "use_aiter") == "false");
  CHECK(text_of(*nothing, "use_aiter_moe") == "true");
  CHECK(text_of(*nothing, "aiter") == "false");
  CHECK_THAT((*nothing)[0].origin, Contains("VLLM_ROCM_USE_AITER is not set"));
  for (const char* word : {"1", "true", "TRUE", "on", "On", "yes", " true", "1\t", " on \n"}) {
    const auto on = environment_facts(with({{"VLLM_ROCM_USE_AITER", word}}));
    REQUIRE(on);
    CHECK(text_of(*on, "use_aiter") == "true");
    CHECK(text_of(*on, "aiter") == "true");
  }
  for (const char* word : {"0", "false", "Off", "no", "NO"}) {
    const auto off = environment_facts(
        with({{"VLLM_ROCM_USE_AITER", "1"}, {"VLLM_ROCM_USE_AITER_MOE", word}}));
    REQUIRE(off);
    CHECK(text_of(*off, "use_aiter_moe") == "false");
    CHECK(text_of(*off, "aiter") == "false");
    CHECK_THAT((*off)[1].origin, Contains(std::string("VLLM_ROCM_USE_AITER_MOE=") + word));
  }
  for (const char* word : {"", " ", "2", "maybe", "t rue"}) {
    CHECK_THAT(environment_facts(with({{"VLLM_ROCM_USE_AITER_MOE", word}})).error().message,
               Contains("VLLM_ROCM_USE_AITER_MOE is") && Contains("set it to 1, true, on or yes"));
  }
}

TEST_CASE("a model's facts, each with the member it comes from") {
  const auto model = checkpoint::parse_model(checkpoint::deepseek_r1_quark(), "config.json");
  REQUIRE(model);
  const std::vector<Provided> facts = model_facts(*model, model->moe_layers[7]);
  const std::pair<const char*, const char*> expected[] = {
      {"scheme", "w_mxfp4_a_mxfp4"}, {"is_dynamic", "dynamic"},    {"hidden", "7168"},
      {"intermediate", "2048"},      {"experts", "256"},           {"top_k", "8"},
      {"activation", "silu"},        {"routing", "deepseek_v3"},   {"profile", "deepseek"},
      {"model_type", "deepseek_v3"}, {"layer", "10"}};
  CHECK(facts.size() == std::size(expected));
  for (const auto& [key, value] : expected) CHECK(text_of(facts, key) == value);
  CHECK(facts[0].origin == "$.quantization_config.global_quant_config");
  CHECK(facts[4].origin == "$.n_routed_experts");
}

TEST_CASE("a layer that is not quantised") {
  const auto model = checkpoint::parse_model(
      R"({"model_type": "mixtral", "hidden_size": 64, "intermediate_size": 64,
          "num_local_experts": 8, "num_experts_per_tok": 2, "num_hidden_layers": 1})",
      "config.json");
  REQUIRE(model);
  const std::vector<Provided> facts = model_facts(*model, model->moe_layers[0]);
  CHECK(text_of(facts, "scheme") == "none");
  CHECK(text_of(facts, "is_dynamic") == "n/a");
}

}  // namespace
}  // namespace switchyard::facts
