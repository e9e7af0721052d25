#pragma once

#include <string>

// The members of published checkpoints' config.json that matter here, with the nesting, the values
// and the neighbours that they have there.
namespace switchyard::checkpoint {

// openai/gpt-oss-120b.
std::string gpt_oss_120b();

// DeepSeek-R1 quantised by AMD Quark: MXFP4 weights and activations, attention excluded.
std::string deepseek_r1_quark();

// Qwen3-235B-A22B, the same.
std::string qwen3_235b_quark();

// Mixtral 8x7B with MXFP6 weights and static fp8 activations.
std::string mixtral_quark();

}  // namespace switchyard::checkpoint
