#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <variant>
#include <vector>

#include "kernels/error.h"
#include "kernels/moe/activation.h"
#include "kernels/moe/router.h"
#include "kernels/moe/scheme.h"
#include "kernels/mx/bf16.h"

// One mixture-of-experts layer: its configuration and its weights as they lie in a checkpoint.
//
//   logits [T, E] = x Wr^T + br;  the router picks top_k experts and weights w [T, k] a token
//   gate = x Wg^T + bg, up = x Wu^T + bu [T, I];  h = act(gate, up);  y = h Wd^T + bd [T, H]
//   out [T, H] = sum over the token's experts, in the order picked, of w * y
//
// x [T, H] bf16. Weights are MX: rows of `hidden` (gate, up) or `intermediate` (down) packed
// elements, blocks of 32 along the row, one e8m0 scale a block. A weight whose |element * scale|
// reaches 2^128 is outside of float; the MX specification leaves it to the implementation, and so
// the kernels differ there (the comparison with the reference admits any value it touches).
//
// Quantising schemes replace x, and h, by their quantised values (kernels/mx/block.h): h is
// quantised from float, not from bf16.
namespace switchyard::kernels {

struct Shape {
  std::int64_t hidden = 0;        // H, a multiple of 32
  std::int64_t intermediate = 0;  // I, a multiple of 32
  std::int64_t experts = 0;       // E
  std::int64_t top_k = 0;         // 1 .. E
};

constexpr std::string_view name_of(Activation activation) {
  return activation == Activation::silu ? "silu" : "swigluoai";
}

struct LayerConfig {
  Scheme scheme = Scheme::w_mxfp4;
  Shape shape;
  Activation activation = Activation::silu;
  Router router;
};

// Dense numbers in somebody else's memory, row-major, or nothing. Aligned to their type.
using Values = std::variant<std::monostate, const Bf16*, const float*>;

inline bool present(const Values& values) {
  return !std::holds_alternative<std::monostate>(values);
}

// Element `index`; 0 where there are no values.
float value_at(const Values& values, std::size_t index);

// An MX matrix [rows, cols]. Row r starts at elements + r * row_step * cols * bits / 8, its scales
// at scales + r * row_step * cols / 32, its bias is element r * row_step of `bias`. So row_step 2
// reads every second row of a fused, interleaved tensor.
struct MxMatrix {
  const std::uint8_t* elements = nullptr;
  const std::uint8_t* scales = nullptr;
  Values bias = {};
  std::size_t row_step = 1;
};

struct ExpertWeights {
  MxMatrix gate;  // [I, H]
  MxMatrix up;    // [I, H]
  MxMatrix down;  // [H, I]
};

// How a fused gate/up tensor [2I, H] orders its rows.
enum class GateUpLayout : std::uint8_t {
  concatenated,  // I gate rows, then I up rows
  interleaved,   // gate 0, up 0, gate 1, up 1, …  (gpt-oss)
};

// Splits a fused tensor (row_step 1) of one expert into its gate and up views; no copy.
struct GateUp {
  MxMatrix gate;
  MxMatrix up;
};
GateUp split_gate_up(const MxMatrix& fused, GateUpLayout layout, const LayerConfig& config);

// Views only: whoever fills this keeps the memory alive as long as anything uses it.
struct LayerWeights {
  std::vector<ExpertWeights> experts;  // one an expert
  Values router;                       // [E, H]
  Values router_bias;                  // [E] or nothing
  Values correction_bias;              // [E] or nothing; sigmoid_grouped only
  float input_scale = 0;               // schemes with fp8 activations: static scale of x, > 0
  float hidden_scale = 0;              // and of h, > 0
};

// Which experts run for a token and with what weight: row-major [tokens, top_k].
struct Routing {
  std::int64_t tokens = 0;
  std::int64_t top_k = 0;
  std::vector<std::int32_t> experts;
  std::vector<float> weights;
};

// Everything that makes a configuration impossible to run by any kernel: a dimension that is not
// positive or not a multiple of 32, top_k outside 1 .. E, groups that do not divide E, … The
// message names the field, its value and what is allowed.
Expected<void> validate(const LayerConfig& config);

// The same for the weights of a valid configuration: the number of experts, missing pointers, a
// missing router, static scales that are absent or not positive and finite.
Expected<void> validate(const LayerConfig& config, const LayerWeights& weights);

// The same for what `PreparedLayer::run` is given: sizes that belong together, expert ids that
// exist, no expert twice for a token. The message names the token.
Expected<void> validate(const LayerConfig& config, std::span<const Bf16> x, const Routing& routing);

}  // namespace switchyard::kernels
