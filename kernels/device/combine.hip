// out[t][n] = sum over ranks j, in order, of weights[t][j] * (sum over parts p, in order, of y[p][t
// k + j][n]), in float; then rounded to bf16 for `out`. Eight columns a thread. Grid x = T * H / 8
// / threads, rounded up.
#include "kernels/device/arguments.h"
#include "kernels/device/vocabulary/rounding.h"
#include "kernels/device/vocabulary/thread.h"

namespace switchyard::kernels::device::inline SWITCHYARD_MODEL {
namespace {

SWITCHYARD_DEVICE void load_eight(const float* from, float (&values)[kPieceValues]) {
#pragma unroll
  for (unsigned half = 0; half < 2; ++half) {
    const Piece four = load_piece(from + 4 * half);
#pragma unroll
    for (unsigned i = 0; i < 4; ++i) {
      const std::uint32_t bits = four[i];
      values[4 * half + i] = __builtin_bit_cast(float, bits);
    }
  }
}

}  // namespace

SWITCHYARD_KERNEL(switchyard_combine, Combine) {
  const unsigned pieces = argument.hidden / kPieceValues;  // of a row
  const unsigned piece = global_index();
  if (piece >= argument.tokens * pieces) return;
  const unsigned token = piece / pieces, column = piece % pieces * kPieceValues;
  const std::size_t part_size = std::size_t{argument.tokens} * argument.top_k * argument.hidden;
  float sum[kPieceValues] = {};
  for (unsigned j = 0; j < argument.top_k; ++j) {
    const std::size_t pair = std::size_t{token} * argument.top_k + j;
    const float weight = argument.weights[pair];
    const float* y = argument.y + pair * argument.hidden + column;
    float whole[kPieceValues];
    load_eight(y, whole);
    for (unsigned p = 1; p < argument.parts; ++p) {
      float part[kPieceValues];
      load_eight(y + p * part_size, part);
#pragma unroll
      for (unsigned i = 0; i < kPieceValues; ++i) whole[i] += part[i];
    }
#pragma unroll
    for (unsigned i = 0; i < kPieceValues; ++i) sum[i] += weight * whole[i];
  }
  const std::size_t at = std::size_t{token} * argument.hidden + column;
  if (argument.out_float != nullptr) {
#pragma unroll
    for (unsigned i = 0; i < kPieceValues; ++i) argument.out_float[at + i] = sum[i];
  }
  if (argument.out != nullptr) {
    Piece rounded;
#pragma unroll
    for (unsigned i = 0; i < 4; ++i) rounded[i] = pack_bf16(sum[2 * i], sum[2 * i + 1]);
    store_piece(argument.out + at, rounded);
  }
}

}  // namespace switchyard::kernels::device::inline SWITCHYARD_MODEL
