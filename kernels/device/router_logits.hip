// logits[t][e] = x[t] . weight[e], in float. A wave has an expert and up to eight tokens, a lane
// every kWave-th piece of their rows; lanes are added pairwise. Grid x = ceil(E / waves), y = ceil(T / 8).
#include "kernels/device/arguments.h"
#include "kernels/device/vocabulary/memory.h"
#include "kernels/device/vocabulary/thread.h"

namespace switchyard::kernels::device::inline SWITCHYARD_MODEL {
namespace {

constexpr unsigned kTokens = 8;

SWITCHYARD_DEVICE void load_floats(const Bf16* from, float (&values)[kPieceValues]) {
  const Piece piece = load_piece(from);
#pragma unroll
  for (unsigned i = 0; i < kPieceValues; ++i) {
    const std::uint32_t word = piece[i / 2];
    values[i] = mx::to_float({static_cast<std::uint16_t>(word >> (16 * (i % 2)))});
  }
}

SWITCHYARD_DEVICE void load_floats(const float* from, float (&values)[kPieceValues]) {
#pragma unroll
  for (unsigned half = 0; half < 2; ++half) {
    const Piece piece = load_piece(from + 4 * half);
#pragma unroll
    for (unsigned i = 0; i < 4; ++i) {
      const std::uint32_t bits = piece[i];
      values[4 * half + i] = __builtin_bit_cast(float, bits);
    }
  }
}

template <typename Weight>
SWITCHYARD_DEVICE void logits(const RouterLogits& argument) {
  const unsigned expert = workgroup_x() * kWorkgroupWaves + wave();
  if (expert >= argument.experts) return;
  const unsigned first = workgroup_y() * kTokens, hidden = argument.hidden;
  const unsigned left = argument.tokens - first, tokens = left < kTokens ? left : kTokens;
  const Weight* weight =
      static_cast<const Weight*>(argument.weight) + std::size_t{expert} * hidden;
  const Bf16* x = argument.x + std::size_t{first} * hidden;
  float sums[kTokens] = {};
  for (unsigned k = lane() * kPieceValues; k < hidden; k += kWave * kPieceValues) {
    float right[kPieceValues];
    load_floats(weight + k, right);
#pragma unroll
    for (unsigned t = 0; t < kTokens; ++t) {
      if (t >= tokens) continue;
      float left_values[kPieceValues];
      load_floats(x + std::size_t{t} * hidden + k, left_values);
#pragma unroll
      for (unsigned i = 0; i < kPieceValues; ++i) {
        sums[t] = __builtin_fmaf(left_values[i], right[i], sums[t]);
      }
    }
  }
#pragma unroll
  for (unsigned t = 0; t < kTokens; ++t) {
    const float sum = wave_sum(sums[t]);
    if (lane() == 0 && t < tokens) {
      argument.logits[std::size_t{first + t} * argument.experts + expert] = sum;
    }
  }
}

}  // namespace

SWITCHYARD_KERNEL(switchyard_router_logits_bf16, RouterLogits) { logits<Bf16>(argument); }
SWITCHYARD_KERNEL(switchyard_router_logits_float, RouterLogits) { logits<float>(argument); }

}  // namespace switchyard::kernels::device::inline SWITCHYARD_MODEL
