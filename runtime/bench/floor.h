#pragma once

#include "kernels/moe/layer.h"

// What a layer must at least do, whatever kernel runs it.
namespace switchyard::bench {

// Bytes of one expert's weights, scales included: 3 H I (bits + 8 / 32) / 8.
inline double expert_bytes(const kernels::Shape& shape, kernels::Scheme scheme) {
  const double elements =
      3.0 * static_cast<double>(shape.hidden) * static_cast<double>(shape.intermediate);
  return elements * (bits_of(info(scheme).weight) + 8.0 / 32) / 8;
}

// Of the three products of all pairs of token and expert: 2 T k 3 H I.
inline double layer_flops(const kernels::Shape& shape, std::int64_t tokens) {
  return 6.0 * static_cast<double>(tokens * shape.top_k) * static_cast<double>(shape.hidden) *
         static_cast<double>(shape.intermediate);
}

struct Floor {
  double bytes = 0;  // of the experts that are hit
  double flops = 0;
  double seconds = 0;  // the longer of the two; of the bytes alone where no matrix rate is known
  bool memory = true;  // whether the bytes are the longer
};

// `bandwidth` in bytes a second, `matrix_rate` in flops a second, 0 if unknown.
inline Floor floor_of(const kernels::Shape& shape, kernels::Scheme scheme, std::int64_t tokens,
                      double experts_hit, double bandwidth, double matrix_rate) {
  Floor floor;
  floor.bytes = experts_hit * expert_bytes(shape, scheme);
  floor.flops = layer_flops(shape, tokens);
  const double products = matrix_rate > 0 ? floor.flops / matrix_rate : 0;
  floor.seconds = floor.bytes / bandwidth;
  floor.memory = floor.seconds >= products;
  if (!floor.memory) floor.seconds = products;
  return floor;
}

}  // namespace switchyard::bench
