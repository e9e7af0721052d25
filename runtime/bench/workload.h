#pragma once

#include <cstdint>
#include <vector>

#include "kernels/moe/layer.h"
#include "runtime/base/error.h"

// Random inputs of a layer that is measured. The same seed gives the same bits.
namespace switchyard::bench {

// Bytes of memory of this machine.
double machine_memory();

// Weights of every expert: random codes under scales of 2^-9 .. 2^-6, and a router whose logits
// spread tokens over the experts. No biases. Owns what `layer` views.
class RandomWeights {
 public:
  // Fails where this machine has not that much memory.
  static Expected<RandomWeights> make(const kernels::LayerConfig& config, std::uint64_t seed);

  kernels::LayerWeights layer;

 private:
  std::vector<std::vector<std::uint64_t>> elements_;
  std::vector<std::vector<std::uint8_t>> scales_;
  std::vector<kernels::Bf16> router_;
};

// Activations [T, H] of size 0.5 to 2, and experts that are picked at random, the same number for
// every token.
struct Batch {
  std::vector<kernels::Bf16> x;
  kernels::Routing routing;
  std::int64_t experts_hit = 0;
};

// Batches with experts of their own, as far as there are enough: an expert is not hit again before
// all others were, so that its weights are in no cache that does not hold them all.
std::vector<Batch> make_batches(const kernels::Shape& shape, std::int64_t tokens, std::size_t count,
                                std::uint64_t seed);

}  // namespace switchyard::bench
