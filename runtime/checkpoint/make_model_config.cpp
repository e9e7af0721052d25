#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "runtime/checkpoint/make_model.h"
#include "runtime/checkpoint/tiny_model.h"

// The config.json of a made model, with the members, in the order, that the real ones have.
namespace switchyard::checkpoint {
namespace {

using nlohmann::ordered_json;

// A tensor specification as Quark 0.10 exports it.
ordered_json quark_blocks(std::string_view dtype, bool dynamic) {
  return {{"ch_axis", -1},
          {"dtype", dtype},
          {"group_size", 32},
          {"is_dynamic", dynamic},
          {"is_scale_quant", false},
          {"mx_element_dtype", nullptr},
          {"observer_cls", "PerBlockMXObserver"},
          {"qscheme", "per_group"},
          {"round_method", "half_even"},
          {"scale_calculation_mode", "floor"},  // the MX specification's rule
          {"scale_format", "e8m0"},
          {"scale_type", "float"},
          {"symmetric", nullptr}};
}

ordered_json quark_fp8() {
  return {{"ch_axis", nullptr},
          {"dtype", "fp8_e4m3"},
          {"group_size", nullptr},
          {"is_dynamic", false},
          {"is_scale_quant", false},
          {"mx_element_dtype", nullptr},
          {"observer_cls", "PerTensorMinMaxObserver"},
          {"qscheme", "per_tensor"},
          {"round_method", "half_even"},
          {"scale_calculation_mode", nullptr},
          {"scale_format", nullptr},
          {"scale_type", "float"},
          {"symmetric", true}};
}

ordered_json quark_entry(kernels::Scheme scheme) {
  using kernels::ActivationFormat;
  using kernels::WeightFormat;
  ordered_json weight;
  switch (info(scheme).weight) {
    case WeightFormat::mxfp4: weight = quark_blocks("fp4", false); break;
    case WeightFormat::mxfp6_e3m2: weight = quark_blocks("fp6_e3m2", false); break;
    case WeightFormat::mxfp6_e2m3: weight = quark_blocks("fp6_e2m3", false); break;
  }
  ordered_json input;
  switch (info(scheme).activation) {
    case ActivationFormat::bf16: break;
    case ActivationFormat::mxfp4: input = quark_blocks("fp4", true); break;
    case ActivationFormat::mxfp6_e3m2: input = quark_blocks("fp6_e3m2", true); break;
    case ActivationFormat::mxfp6_e2m3: input = quark_blocks("fp6_e2m3", true); break;
    case ActivationFormat::fp8: input = quark_fp8(); break;
  }
  return {{"bias", nullptr},
          {"input_tensors", input},
          {"output_tensors", nullptr},
          {"target_device", nullptr},
          {"weight", weight}};
}

ordered_json quark_config(const ModelRecipe& recipe) {
  ordered_json exclude = ordered_json::array(
      {"lm_head", "re:.*self_attn.*", fmt::format("re:.*\\.{}$", recipe.architecture->router),
       "*.shared_expert*"});
  for (std::int64_t layer = 0; layer < dense_layers(recipe); ++layer) {
    for (const std::string_view name : {"gate_proj", "up_proj", "down_proj"}) {
      exclude.push_back(fmt::format("model.layers.{}.mlp.{}", layer, name));
    }
  }
  ordered_json layers = ordered_json::object();
  for (const auto& [layer, scheme] : recipe.layer_schemes) {
    layers[experts_module(*recipe.architecture, layer) + ".*"] = quark_entry(scheme);
  }
  return {{"algo_config", nullptr},
          {"exclude", exclude},
          {"export",
           {{"kv_cache_group", ordered_json::array()},
            {"min_kv_scale", 0.0},
            {"pack_method", "reorder"},
            {"weight_format", "real_quantized"},
            {"weight_merge_groups", nullptr}}},
          {"global_quant_config", quark_entry(recipe.scheme)},
          {"kv_cache_post_rope", false},
          {"kv_cache_quant_config", ordered_json::object()},
          {"layer_quant_config", layers},
          {"layer_type_quant_config", ordered_json::object()},
          {"quant_method", "quark"},
          {"quant_mode", "eager_mode"},
          {"softmax_quant_spec", nullptr},
          {"version", "0.10"}};
}

ordered_json mxfp4_config() {
  return {{"modules_to_not_convert",
           {"model.layers.*.self_attn", "model.layers.*.mlp.router", "model.embed_tokens",
            "lm_head"}},
          {"quant_method", "mxfp4"}};
}

void add_shape(const ModelRecipe& recipe, ordered_json& config) {
  const kernels::Shape& shape = recipe.shape;
  const std::string_view type = recipe.architecture->model_type;
  config[std::string(recipe.architecture->intermediate)] = shape.intermediate;
  config[std::string(recipe.architecture->experts)] = shape.experts;
  config["num_experts_per_tok"] = shape.top_k;
  if (type == "deepseek_v3") {
    config["intermediate_size"] = 4 * shape.intermediate;
    config["n_shared_experts"] = 1;
    config["first_k_dense_replace"] = dense_layers(recipe);
    config["moe_layer_freq"] = 1;
    config["n_group"] = expert_groups(recipe);
    config["topk_group"] = std::max<std::int64_t>(1, expert_groups(recipe) / 2);
    config["norm_topk_prob"] = true;
    config["routed_scaling_factor"] = 2.5;
    config["scoring_func"] = "sigmoid";
    config["topk_method"] = "noaux_tc";
    config["q_lora_rank"] = kLatent;
    config["kv_lora_rank"] = kLatent;
    config["qk_nope_head_dim"] = kHeadSize;
    config["qk_rope_head_dim"] = kHeadSize;
    config["v_head_dim"] = kHeadSize;
  } else if (type == "gpt_oss") {
    config["experts_per_token"] = shape.top_k;
    config["swiglu_limit"] = 7.0;
    config["sliding_window"] = 128;
    config["attention_bias"] = true;
    config["head_dim"] = kHeadSize;
  } else if (type == "mixtral") {
    config["head_dim"] = kHeadSize;
    config["router_aux_loss_coef"] = 0.02;
  } else {
    config["intermediate_size"] = 4 * shape.intermediate;
    config["decoder_sparse_step"] = 1;
    config["mlp_only_layers"] = ordered_json::array();
    config["norm_topk_prob"] = type == "qwen3_moe";
    config["head_dim"] = kHeadSize;
    if (type == "qwen2_moe") config["shared_expert_intermediate_size"] = shape.intermediate;
  }
}

}  // namespace

std::int64_t dense_layers(const ModelRecipe& recipe) {
  return recipe.architecture->model_type == "deepseek_v3" && recipe.layers > 1 ? 1 : 0;
}

std::int64_t expert_groups(const ModelRecipe& recipe) {
  // Two experts a group or more; the best half of the groups must hold enough experts.
  for (const std::int64_t groups : {8, 4, 2}) {
    if (recipe.shape.experts % groups == 0 && recipe.shape.experts / groups >= 2 &&
        recipe.shape.experts / 2 >= recipe.shape.top_k) {
      return groups;
    }
  }
  return 1;
}

std::string config_text(const ModelRecipe& recipe) {
  ordered_json config = {{"architectures", {std::string(recipe.architecture->class_name)}},
                         {"model_type", std::string(recipe.architecture->model_type)},
                         {"hidden_size", recipe.shape.hidden},
                         {"num_hidden_layers", recipe.layers},
                         {"num_attention_heads", kHeads},
                         {"num_key_value_heads", kHeads},
                         {"vocab_size", kVocabulary},
                         {"hidden_act", "silu"},
                         {"max_position_embeddings", 4096},
                         {"rms_norm_eps", 1e-6},
                         {"rope_theta", 10000.0},
                         {"tie_word_embeddings", false},
                         {"torch_dtype", "bfloat16"}};
  add_shape(recipe, config);
  config["quantization_config"] =
      recipe.container == Container::mxfp4 ? mxfp4_config() : quark_config(recipe);
  return config.dump(2) + "\n";
}

}  // namespace switchyard::checkpoint
