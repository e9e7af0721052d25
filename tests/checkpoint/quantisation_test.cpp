#include "runtime/checkpoint/quantisation.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "runtime/checkpoint/model.h"
#include "tests/checkpoint/real_configs.h"

namespace switchyard::checkpoint {
namespace {

using Catch::Matchers::Contains;
using kernels::Scheme;
using nlohmann::json;

// Qwen3 of 4 layers and 12 experts whose quantization_config is changed by JSON pointer.
json small_qwen() {
  json config = json::parse(qwen3_235b_quark());
  config["num_hidden_layers"] = 4;
  config["num_experts"] = 12;
  return config;
}

json changed(const std::string& pointer, json value) {
  json config = small_qwen();
  config["quantization_config"][json::json_pointer(pointer)] = std::move(value);
  return config;
}

ModelDescription parse(const json& config) {
  auto model = parse_model(config.dump(), "config.json");
  INFO((model ? std::string() : model.error().message));
  REQUIRE(model);
  return std::move(*model);
}

std::string error_of(const json& config) {
  const auto model = parse_model(config.dump(), "config.json");
  REQUIRE_FALSE(model);
  return model.error().message;
}

json blocks(const std::string& dtype, bool dynamic) {
  json spec = small_qwen()["quantization_config"]["global_quant_config"]["weight"];
  spec["dtype"] = dtype;
  spec["is_dynamic"] = dynamic;
  return spec;
}

json fp8(bool dynamic) {
  return {{"dtype", "fp8_e4m3"}, {"qscheme", "per_tensor"}, {"is_dynamic", dynamic},
          {"symmetric", true}};
}

TEST_CASE("the scheme follows from the dtypes: all 11, and is_dynamic: all 19 pairs") {
  const std::pair<const char*, kernels::WeightFormat> weights[] = {
      {"fp4", kernels::WeightFormat::mxfp4},
      {"fp6_e3m2", kernels::WeightFormat::mxfp6_e3m2},
      {"fp6_e2m3", kernels::WeightFormat::mxfp6_e2m3}};
  const std::pair<const char*, kernels::ActivationFormat> inputs[] = {
      {nullptr, kernels::ActivationFormat::bf16},
      {"fp4", kernels::ActivationFormat::mxfp4},
      {"fp6_e3m2", kernels::ActivationFormat::mxfp6_e3m2},
      {"fp6_e2m3", kernels::ActivationFormat::mxfp6_e2m3},
      {"fp8_e4m3", kernels::ActivationFormat::fp8}};
  int pairs = 0;
  for (const auto& [weight, weight_format] : weights) {
    for (const auto& [input, input_format] : inputs) {
      const auto scheme = scheme_of(weight_format, input_format);
      for (const bool dynamic : {true, false}) {
        if (input == nullptr && dynamic) continue;
        json config = changed("/global_quant_config/weight", blocks(weight, false));
        json& spec = config["quantization_config"]["global_quant_config"]["input_tensors"];
        spec = nullptr;
        if (input != nullptr) {
          spec = std::string(input) == "fp8_e4m3" ? fp8(dynamic) : blocks(input, dynamic);
        }
        if (!scheme) {
          CHECK_THAT(error_of(config), Contains("none of the 11 OCP MX schemes"));
          continue;
        }
        const ModuleQuantisation found = parse(config).moe_layers[0].quantisation;
        CHECK(found.scheme == scheme);
        CHECK(name_of(found.calibration) ==
              (input == nullptr ? "n/a" : dynamic ? "dynamic" : "static"));
        ++pairs;
      }
    }
  }
  CHECK(pairs == 19);
}

TEST_CASE("precedence: exclude, layer patterns in order, layer types, global") {
  json config = small_qwen();
  json& quark = config["quantization_config"];
  quark["layer_type_quant_config"]["nn.Linear"] = {{"weight", blocks("fp6_e2m3", false)}};
  quark["layer_quant_config"]["*self_attn*"] = {
      {"weight", {{"dtype", "int4"}, {"qscheme", "per_channel"}, {"is_dynamic", false}}}};
  quark["layer_quant_config"]["model.layers.1.mlp.experts"] = {{"weight", blocks("fp4", false)}};
  quark["layer_quant_config"]["*.layers.2.mlp.experts.*"] = {{"weight", blocks("fp6_e3m2", false)},
                                                             {"input_tensors", fp8(false)}};
  quark["exclude"].push_back("re:model.layers.3.*");
  const ModelDescription model = parse(config);
  CHECK(model.moe_layers[0].quantisation.scheme == Scheme::w_mxfp6_e2m3);
  CHECK(model.moe_layers[0].quantisation.decided_by ==
        "$.quantization_config.layer_type_quant_config[\"nn.Linear\"]");
  CHECK(model.moe_layers[1].quantisation.scheme == Scheme::w_mxfp4);
  CHECK(model.moe_layers[2].quantisation.scheme == Scheme::w_mxfp6_e3m2_a_fp8);
  CHECK(model.moe_layers[2].quantisation.decided_by ==
        "$.quantization_config.layer_quant_config[\"*.layers.2.mlp.experts.*\"]");
  CHECK_FALSE(model.moe_layers[3].quantisation.scheme);
  CHECK(model.moe_layers[3].quantisation.decided_by == "$.quantization_config.exclude[3]");
}

TEST_CASE("an empty global entry with patterns for the experts") {
  json config = small_qwen();
  json& quark = config["quantization_config"];
  quark["layer_quant_config"]["*mlp.experts*"] = quark["global_quant_config"];
  quark["global_quant_config"] = {{"weight", json::object()}, {"input_tensors", json::object()}};
  CHECK(parse(config).moe_layers[3].quantisation.scheme == Scheme::w_mxfp4_a_mxfp6_e2m3);
  quark["layer_quant_config"] = json::object();
  CHECK_FALSE(parse(config).moe_layers[3].quantisation.scheme);
}

TEST_CASE("each way of excluding a layer") {
  for (const char* pattern :
       {"model.layers.2", "model.layers.2.mlp", "model.layers.2.mlp.experts",
        "*.layers.2.mlp.experts*", "model.layers.2.mlp.experts.*", "re:model\\.layers\\.2\\.",
        "re:.*layers.2.mlp.experts$"}) {
    CAPTURE(pattern);
    const ModelDescription model = parse(changed("/exclude", {pattern}));
    CHECK_FALSE(model.moe_layers[2].quantisation.scheme);
    CHECK(model.moe_layers[1].quantisation.scheme);
  }
}

TEST_CASE("experts of one layer that differ") {
  CHECK_THAT(error_of(changed("/exclude", {"model.layers.2.mlp.experts.7.up_proj"})),
             Contains("one layer's experts differ") &&
                 Contains("$.quantization_config.exclude[0]") &&
                 Contains("`model.layers.2.mlp.experts.7.up_proj`"));
  CHECK_THAT(error_of(changed("/exclude", {"re:.*experts.1[01].*"})),
             Contains("`model.layers.0.mlp.experts.10.gate_proj`"));
}

TEST_CASE("every wrong member of a quantisation config is named by its path") {
  struct Case {
    std::string pointer;
    json value;
    std::string message;
  };
  const Case cases[] = {
      {"/quant_method", nullptr, "$.quantization_config: `quant_method` is missing"},
      {"/quant_method", "awq", "$.quantization_config.quant_method: \"awq\" is not supported"},
      {"/global_quant_configs", 1,
       "$.quantization_config.global_quant_configs: unknown field `global_quant_configs`; did you "
       "mean `global_quant_config`?"},
      {"/surprise", 1, "$.quantization_config.surprise: unknown field `surprise`; it may change"},
      {"/export/pack", 1, "$.quantization_config.export.pack: unknown field"},
      {"/export/pack_method", "zip", "$.quantization_config.export.pack_method: \"zip\" is not"},
      {"/export/weight_format", "fake_quantized",
       "weight_format: \"fake_quantized\" is not supported; it must be \"real_quantized\""},
      {"/exclude", "lm_head", "$.quantization_config.exclude: \"lm_head\" is not a list"},
      {"/exclude", {1}, "$.quantization_config.exclude[0]: 1 is not a string"},
      {"/exclude", {"re:("}, "$.quantization_config.exclude[0]: not a regular expression"},
      {"/global_quant_config", nullptr, "`global_quant_config` is missing"},
      {"/global_quant_config/weigth", 1, "did you mean `weight`?"},
      {"/global_quant_config/weight/group_size", 64,
       "$.quantization_config.global_quant_config.weight.group_size: 64 is not supported: MX "
       "blocks "
       "have 32 elements; export the model with group_size 32"},
      {"/global_quant_config/weight/group_size", nullptr, "`group_size` is missing"},
      {"/global_quant_config/weight/group_sizes", 32, "did you mean `group_size`?"},
      {"/global_quant_config/weight/dtype", "int4",
       "weight.dtype: \"int4\" is not supported for expert weights"},
      {"/global_quant_config/weight/qscheme", "per_tensor",
       "weight.qscheme: \"per_tensor\" is not supported"},
      {"/global_quant_config/weight/scale_format", "float32",
       "weight.scale_format: \"float32\" is not supported"},
      {"/global_quant_config/weight/ch_axis", 0, "weight.ch_axis: 0 is not supported"},
      {"/global_quant_config/weight/is_dynamic", true,
       "weight.is_dynamic: true contradicts stored weights"},
      {"/global_quant_config/weight/is_dynamic", nullptr, "`is_dynamic` is missing"},
      {"/global_quant_config/weight", nullptr,
       "$.quantization_config.global_quant_config.input_tensors: quantised inputs contradict"},
      {"/global_quant_config/weight", json::array({blocks("fp4", false), fp8(false)}),
       "$.quantization_config.global_quant_config.weight: a list of specifications"},
      {"/global_quant_config/input_tensors/dtype", "int8",
       "input_tensors.dtype: \"int8\" is not supported for the experts' inputs"},
      {"/global_quant_config/input_tensors/is_dynamic", "yes",
       "input_tensors.is_dynamic: \"yes\" is neither true nor false"},
      {"/global_quant_config/input_tensors/dtype", "fp8_e4m3",
       "input_tensors.qscheme: \"per_group\" is not supported: the granularity of fp8 input "
       "scales"},
      {"/global_quant_config/output_tensors", fp8(false),
       "$.quantization_config.global_quant_config.output_tensors: quantised output_tensors"},
      {"/layer_quant_config", 3, "$.quantization_config.layer_quant_config: 3 is not an object"},
      {"/layer_quant_config",
       {{"*.experts.*", {{"weight", blocks("fp5", false)}}}},
       "layer_quant_config[\"*.experts.*\"].weight.dtype: \"fp5\""},
      {"/layer_quant_config", {{"re:(", json::object()}}, "not a regular expression"},
      {"/layer_type_quant_config", {{"Linear", {{"wait", 1}}}}, "unknown field `wait`"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.pointer, c.message);
    CHECK_THAT(error_of(changed(c.pointer, c.value)),
               Contains("config.json: ") && Contains(c.message));
  }
}

TEST_CASE("gpt-oss's own format") {
  json config = json::parse(gpt_oss_120b());
  config["quantization_config"]["modules_to_not_convert"] = {"model.layers.5.mlp"};
  const ModelDescription model = parse(config);
  CHECK_FALSE(model.moe_layers[5].quantisation.scheme);
  CHECK(model.moe_layers[6].quantisation.scheme == Scheme::w_mxfp4);
  config["quantization_config"]["dequantize"] = true;
  CHECK_THAT(error_of(config), Contains("$.quantization_config.dequantize: true asks for bf16"));
  config["quantization_config"].erase("dequantize");
  config["quantization_config"]["modules_to_convert"] = json::array();
  CHECK_THAT(error_of(config), Contains("unknown field `modules_to_convert`"));
}

}  // namespace
}  // namespace switchyard::checkpoint
