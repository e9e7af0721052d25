#pragma once

#include <cstdint>

// What picks the experts of a token. Device code compiles this too.
namespace switchyard::kernels {

inline constexpr double kSigmoidSumGuard = 1e-20;

// How logits become experts and weights. Ties go to the lower expert index; a NaN logit ranks
// above all others, so it is picked and its NaN weight shows in the output.
struct Router {
  enum class Kind : std::uint8_t {
    softmax_of_top_k,  // gpt-oss: pick by logit, softmax over the picked logits
    top_k_of_softmax,  // qwen, mixtral: softmax over all experts, pick, see `renormalise`
    sigmoid_grouped,   // DeepSeek-V3: s = sigmoid(logit); groups ranked by the sum of their two
                       // largest s + correction, the best `top_groups` stay; pick by
                       // s + correction; weights are s
  };
  Kind kind = Kind::softmax_of_top_k;
  bool renormalise = false;     // the last two: divide the weights by their sum (the sigmoids' sum
                                // has kSigmoidSumGuard added, as in DeepSeek-V3's code)
  std::int64_t groups = 1;      // sigmoid_grouped: divides E; each group has at least 2 experts
                                // unless groups == 1
  std::int64_t top_groups = 1;  // 1 .. groups; top_groups * E / groups >= top_k
  float scaling_factor = 1.0f;  // sigmoid_grouped: weights are multiplied by it, last
};

}  // namespace switchyard::kernels
