#pragma once

#include <cstdint>

#include "runtime/checkpoint/make_model.h"

// The parts of a made model that no mixture-of-experts layer has: as small as they may be. What
// config.json says of them and what the weights have must agree, so both read them here.
namespace switchyard::checkpoint {

inline constexpr std::int64_t kVocabulary = 64;
inline constexpr std::int64_t kHeads = 2;
inline constexpr std::int64_t kHeadSize = 16;
inline constexpr std::int64_t kLatent = 32;  // ranks of DeepSeek's latent attention

// Leading layers without experts: deepseek_v3 has some.
std::int64_t dense_layers(const ModelRecipe& recipe);

// deepseek_v3: the groups that experts are picked in.
std::int64_t expert_groups(const ModelRecipe& recipe);

}  // namespace switchyard::checkpoint
