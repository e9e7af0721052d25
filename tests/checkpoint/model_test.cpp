#include "runtime/checkpoint/model.h"

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/checkpoint/real_configs.h"
#include "tests/checkpoint/scratch_folder.h"

namespace switchyard::checkpoint {
namespace {

using Catch::Matchers::Contains;
using kernels::Router;
using kernels::Scheme;
using nlohmann::json;

ModelDescription parse(const std::string& text) {
  auto model = parse_model(text, "config.json");
  INFO((model ? std::string() : model.error().message));
  REQUIRE(model);
  return std::move(*model);
}

std::string error_of(const json& config) {
  const auto model = parse_model(config.dump(), "config.json");
  REQUIRE_FALSE(model);
  return model.error().message;
}

// The config with one member set, by JSON pointer; null removes it.
json with(const std::string& text, const std::string& pointer, json value) {
  json config = json::parse(text);
  config[json::json_pointer(pointer)] = std::move(value);
  return config;
}

TEST_CASE("gpt-oss-120b") {
  const ModelDescription model = parse(gpt_oss_120b());
  CHECK(model.architecture->model_type == "gpt_oss");
  CHECK(model.architecture->profile == "gptoss");
  CHECK(model.architecture->activation == kernels::Activation::swigluoai);
  CHECK(name_of(model.router.kind) == "topk_softmax");
  CHECK(model.shape.hidden == 2880);
  CHECK(model.shape.intermediate == 2880);
  CHECK(model.shape.experts == 128);
  CHECK(model.shape.top_k == 4);
  CHECK(model.container == Container::mxfp4);
  REQUIRE(model.moe_layers.size() == 36);
  CHECK(model.moe_layers[35].quantisation.scheme == Scheme::w_mxfp4);
  CHECK(name_of(model.moe_layers[35].quantisation.calibration) == "n/a");
}

TEST_CASE("DeepSeek-R1 by Quark") {
  const ModelDescription model = parse(deepseek_r1_quark());
  CHECK(model.architecture->profile == "deepseek");
  CHECK(name_of(model.router.kind) == "deepseek_v3");
  CHECK(model.router.groups == 8);
  CHECK(model.router.top_groups == 4);
  CHECK(model.router.renormalise);
  CHECK(model.router.scaling_factor == 2.5f);
  CHECK(model.shape.intermediate == 2048);
  REQUIRE(model.moe_layers.size() == 58);
  CHECK(model.moe_layers.front().index == 3);
  CHECK(model.find_layer(2) == nullptr);
  CHECK(model.find_layer(61) == nullptr);
  CHECK(model.find_layer(60)->quantisation.scheme == Scheme::w_mxfp4_a_mxfp4);
  CHECK(name_of(model.find_layer(60)->quantisation.calibration) == "dynamic");
  CHECK(model.find_layer(60)->quantisation.decided_by ==
        "$.quantization_config.global_quant_config");
}

TEST_CASE("Qwen3-235B and Mixtral by Quark") {
  const ModelDescription qwen = parse(qwen3_235b_quark());
  CHECK(qwen.architecture->profile == "qwen");
  CHECK(name_of(qwen.router.kind) == "softmax_topk");
  CHECK(qwen.router.renormalise);
  CHECK(qwen.shape.intermediate == 1536);
  CHECK(qwen.moe_layers.size() == 94);
  CHECK(qwen.moe_layers[0].quantisation.scheme == Scheme::w_mxfp4_a_mxfp6_e2m3);
  const ModelDescription mixtral = parse(mixtral_quark());
  CHECK(mixtral.router.renormalise);
  CHECK(mixtral.shape.intermediate == 14336);
  CHECK(mixtral.moe_layers[0].quantisation.scheme == Scheme::w_mxfp6_e3m2_a_fp8);
  CHECK(name_of(mixtral.moe_layers[0].quantisation.calibration) == "static");
}

TEST_CASE("which layers have experts") {
  const auto indices = [](const json& config) {
    std::vector<std::int64_t> result;
    for (const MoeLayer& layer : parse(config.dump()).moe_layers) result.push_back(layer.index);
    return result;
  };
  json qwen = with(qwen3_235b_quark(), "/num_hidden_layers", 6);
  qwen["decoder_sparse_step"] = 2;
  CHECK(indices(qwen) == std::vector<std::int64_t>{1, 3, 5});
  qwen["mlp_only_layers"] = {3};
  CHECK(indices(qwen) == std::vector<std::int64_t>{1, 5});
  json deepseek = with(deepseek_r1_quark(), "/num_hidden_layers", 8);
  deepseek["moe_layer_freq"] = 3;
  CHECK(indices(deepseek) == std::vector<std::int64_t>{3, 6});
  deepseek["first_k_dense_replace"] = 8;
  CHECK(indices(deepseek).empty());
}

TEST_CASE("defaults of Hugging Face's classes") {
  json qwen = json::parse(qwen3_235b_quark());
  qwen.erase("norm_topk_prob");
  qwen.erase("decoder_sparse_step");
  qwen.erase("mlp_only_layers");
  CHECK_FALSE(parse(qwen.dump()).router.renormalise);
  CHECK(parse(qwen.dump()).moe_layers.size() == 94);
  json deepseek = json::parse(deepseek_r1_quark());
  for (const char* key : {"n_group", "topk_group", "norm_topk_prob", "routed_scaling_factor",
                          "scoring_func", "topk_method", "first_k_dense_replace"}) {
    deepseek.erase(key);
  }
  const ModelDescription model = parse(deepseek.dump());
  CHECK(model.router.groups == 8);
  CHECK(model.router.renormalise);
  CHECK(model.moe_layers.size() == 58);
  json plain = json::parse(gpt_oss_120b());
  plain.erase("quantization_config");
  CHECK(parse(plain.dump()).container == Container::none);
  CHECK_FALSE(parse(plain.dump()).moe_layers[0].quantisation.scheme);
}

TEST_CASE("every wrong member of a model is named by its path") {
  struct Case {
    std::string config, pointer;
    json value;
    std::string message;
  };
  const std::string gpt = gpt_oss_120b();
  const std::string deepseek = deepseek_r1_quark();
  const std::string qwen = qwen3_235b_quark();
  const Case cases[] = {
      {gpt, "/model_type", "llama",
       "$.model_type: \"llama\" is not supported; deepseek_v3, gpt_oss"},
      {gpt, "/model_type", nullptr, "$: `model_type` is missing"},
      {gpt, "/hidden_size", nullptr, "$: `hidden_size` is missing: the width of the model"},
      {gpt, "/hidden_size", "2880", "$.hidden_size: \"2880\" is not an integer"},
      {gpt, "/hidden_size", 2881, "$.hidden_size: 2881 is not a multiple of 32"},
      {gpt, "/intermediate_size", 2890, "$.intermediate_size: 2890 is not a multiple of 32"},
      {gpt, "/hidden_size", 0, "$.hidden_size: 0 is outside of 1 .. "},
      {gpt, "/num_local_experts", -1, "$.num_local_experts: -1 is outside"},
      {gpt, "/num_experts_per_tok", 129, "$.num_experts_per_tok: 129 experts a token contradict"},
      {gpt, "/experts_per_token", 3, "$.experts_per_token: 3 contradicts $.num_experts_per_tok: 4"},
      {gpt, "/swiglu_limit", 6.0, "$.swiglu_limit: 6 is not supported"},
      {gpt, "/hidden_act", "gelu", "$.hidden_act: \"gelu\" is not supported"},
      {gpt, "/num_hidden_layers", 100000, "$.num_hidden_layers: 100000 is outside"},
      {gpt, "/num_local_experts", 60000, "more than the 262144 that are supported"},
      {deepseek, "/n_group", 7, "$.n_group: 7 groups (8 where it is missing) contradict"},
      {deepseek, "/topk_group", 9, "$.topk_group: 9 is outside of 1 .. 8"},
      {deepseek, "/num_experts_per_tok", 200, "$.topk_group: 4 groups of 32 experts are too few"},
      {deepseek, "/scoring_func", "softmax", "$.scoring_func: \"softmax\" is not supported"},
      {deepseek, "/topk_method", "greedy", "$.topk_method: \"greedy\" is not supported"},
      {deepseek, "/routed_scaling_factor", 0, "$.routed_scaling_factor: 0 is outside"},
      {deepseek, "/norm_topk_prob", 1, "$.norm_topk_prob: 1 is neither true nor false"},
      {qwen, "/mlp_only_layers", 3, "$.mlp_only_layers: 3 is not a list"},
      {qwen, "/mlp_only_layers", {"a"}, "$.mlp_only_layers[0]: \"a\" is not an integer"},
      {qwen, "/decoder_sparse_step", 0, "$.decoder_sparse_step: 0 is outside"},
      {qwen, "/quantization_config/quant_method", "mxfp4",
       "$.quantization_config.algo_config: unknown field"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.pointer, c.message);
    const std::string error = error_of(with(c.config, c.pointer, c.value));
    CHECK_THAT(error, Contains("config.json: ") && Contains(c.message));
    CHECK_THAT(error, !Contains("$: $"));  // one path, not two
  }
  CHECK_THAT(error_of(with(with(qwen, "/quantization_config", json::object()).dump(),
                           "/quantization_config/quant_method", "mxfp4")),
             Contains("\"mxfp4\" contradicts $.model_type: \"qwen3_moe\""));
}

TEST_CASE("folders") {
  const ScratchFolder folder;
  CHECK_THAT(open_model(folder.file("none")).error().message, Contains("is not a folder"));
  CHECK_THAT(open_model(folder.path()).error().message, Contains("config.json"));
  REQUIRE(::mkfifo(folder.file("config.json").c_str(), 0600) == 0);  // would wait for a writer
  CHECK_THAT(open_model(folder.path()).error().message, Contains("is not a regular file"));
  std::filesystem::remove(folder.file("config.json"));
  folder.write("config.json", "[]");
  CHECK_THAT(open_model(folder.path()).error().message, Contains("$: [] is not an object"));
  folder.write("config.json", gpt_oss_120b());
  CHECK(open_model(folder.path()));
}

}  // namespace
}  // namespace switchyard::checkpoint
