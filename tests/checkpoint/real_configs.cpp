#include "tests/checkpoint/real_configs.h"

namespace switchyard::checkpoint {
namespace {

std::string blocks(const std::string& dtype, const std::string& dynamic) {
  return R"({"block_size": null, "ch_axis": -1, "dtype": ")" + dtype +
         R"(", "enable_buffer_reuse": false, "group_size": 32, "is_dynamic": )" + dynamic +
         R"(, "is_scale_quant": false, "max_input_numel": 4194304, "mx_element_dtype": null,
             "observer_cls": "PerBlockMXObserver", "qscheme": "per_group",
             "round_method": "half_even", "scale_calculation_mode": "even", "scale_format": "e8m0",
             "scale_type": "float", "symmetric": null})";
}

std::string quark(const std::string& weight, const std::string& input, const std::string& exclude) {
  return R"({"algo_config": null, "exclude": )" + exclude + R"(,
    "export": {"kv_cache_group": [], "min_kv_scale": 0.0, "pack_method": "reorder",
               "weight_format": "real_quantized", "weight_merge_groups": null},
    "global_quant_config": {"bias": null, "input_tensors": )" +
         input + R"(, "output_tensors": null, "target_device": null, "weight": )" + weight + R"(},
    "kv_cache_post_rope": false, "kv_cache_quant_config": {}, "layer_quant_config": {},
    "layer_type_quant_config": {}, "quant_method": "quark", "quant_mode": "eager_mode",
    "softmax_quant_spec": null, "version": "0.10+ac3b7f9"})";
}

}  // namespace

std::string gpt_oss_120b() {
  return R"({
  "architectures": ["GptOssForCausalLM"], "attention_bias": true, "attention_dropout": 0.0,
  "eos_token_id": 200002, "experts_per_token": 4, "head_dim": 64, "hidden_act": "silu",
  "hidden_size": 2880, "initial_context_length": 4096, "intermediate_size": 2880,
  "layer_types": ["sliding_attention", "full_attention"], "max_position_embeddings": 131072,
  "model_type": "gpt_oss", "num_attention_heads": 64, "num_experts_per_tok": 4,
  "num_hidden_layers": 36, "num_key_value_heads": 8, "num_local_experts": 128,
  "output_router_logits": false, "pad_token_id": 199999,
  "quantization_config": {
    "modules_to_not_convert": ["model.layers.*.self_attn", "model.layers.*.mlp.router",
                               "model.embed_tokens", "lm_head"],
    "quant_method": "mxfp4"},
  "rms_norm_eps": 1e-05,
  "rope_scaling": {"beta_fast": 32.0, "beta_slow": 1.0, "factor": 32.0,
                   "original_max_position_embeddings": 4096, "rope_type": "yarn",
                   "truncate": false},
  "rope_theta": 150000, "router_aux_loss_coef": 0.9, "sliding_window": 128, "swiglu_limit": 7.0,
  "tie_word_embeddings": false, "transformers_version": "4.55.0.dev0", "use_cache": true,
  "vocab_size": 201088})";
}

std::string deepseek_r1_quark() {
  return R"({
  "architectures": ["DeepseekV3ForCausalLM"], "attention_bias": false, "bos_token_id": 0,
  "ep_size": 1, "first_k_dense_replace": 3, "hidden_act": "silu", "hidden_size": 7168,
  "intermediate_size": 18432, "kv_lora_rank": 512, "model_type": "deepseek_v3",
  "moe_intermediate_size": 2048, "moe_layer_freq": 1, "n_group": 8, "n_routed_experts": 256,
  "n_shared_experts": 1, "norm_topk_prob": true, "num_attention_heads": 128,
  "num_experts_per_tok": 8, "num_hidden_layers": 61, "num_key_value_heads": 128,
  "num_nextn_predict_layers": 1, "q_lora_rank": 1536, "qk_nope_head_dim": 128,
  "qk_rope_head_dim": 64, "routed_scaling_factor": 2.5, "scoring_func": "sigmoid",
  "topk_group": 4, "topk_method": "noaux_tc", "torch_dtype": "bfloat16", "v_head_dim": 128,
  "vocab_size": 129280,
  "quantization_config": )" +
         quark(blocks("fp4", "false"), blocks("fp4", "true"),
               R"(["lm_head", "re:.*mlp.gate$", "re:model.layers.61.*", "re:.*self_attn.*",
                   "model.layers.0.mlp.gate_proj", "model.layers.0.mlp.up_proj"])") +
         "}";
}

std::string qwen3_235b_quark() {
  return R"({
  "architectures": ["Qwen3MoeForCausalLM"], "attention_bias": false, "decoder_sparse_step": 1,
  "head_dim": 128, "hidden_act": "silu", "hidden_size": 4096, "intermediate_size": 12288,
  "max_window_layers": 94, "mlp_only_layers": [], "model_type": "qwen3_moe",
  "moe_intermediate_size": 1536, "norm_topk_prob": true, "num_attention_heads": 64,
  "num_experts": 128, "num_experts_per_tok": 8, "num_hidden_layers": 94, "num_key_value_heads": 4,
  "rope_theta": 1000000.0, "router_aux_loss_coef": 0.001, "vocab_size": 151936,
  "quantization_config": )" +
         quark(blocks("fp4", "false"), blocks("fp6_e2m3", "true"),
               R"(["*.self_attn.*", "*.mlp.gate", "lm_head"])") +
         "}";
}

std::string mixtral_quark() {
  return R"({
  "architectures": ["MixtralForCausalLM"], "hidden_act": "silu", "hidden_size": 4096,
  "intermediate_size": 14336, "model_type": "mixtral", "num_attention_heads": 32,
  "num_experts_per_tok": 2, "num_hidden_layers": 32, "num_key_value_heads": 8,
  "num_local_experts": 8, "router_aux_loss_coef": 0.02, "sliding_window": null,
  "quantization_config": )" +
         quark(blocks("fp6_e3m2", "false"),
               R"({"ch_axis": null, "dtype": "fp8_e4m3", "group_size": null, "is_dynamic": false,
                   "observer_cls": "PerTensorMinMaxObserver", "qscheme": "per_tensor",
                   "round_method": "half_even", "scale_type": "float", "symmetric": true})",
               R"(["lm_head", "*.gate"])") +
         "}";
}

}  // namespace switchyard::checkpoint
