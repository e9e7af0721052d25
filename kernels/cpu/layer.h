#pragma once

#include <cstddef>
#include <memory>

#include "kernels/cpu/products.h"
#include "kernels/registry.h"

// The fused layer on the CPU, all variants. What each rounds beyond the quantisation that the
// scheme itself asks for (kernels/moe/numerics.h):
//
//   native    elements multiplied unscaled: MX by MX in exact integers, bf16 and fp8 by MX in
//   float;
//             each block's sum times its scales is added to a float accumulator.
//   packed    weights decoded to bf16 (exact) while a tile is loaded, activations as bf16 (exact),
//             float products and sums.
//   emulated  the experts that are hit dequantised to bf16 in memory, then plain float products;
//   fp8
//             activations are rounded to bf16 after dequantisation, where the other two apply the
//             static scale to the sum.
//
// fp8 activations stay e4m3 elements, exact in bf16; their static scale multiplies the sum, in all
// three, so that they compute the same function of the same bits. h is rounded to bf16 where the
// scheme does not quantise it, and the output is summed in float.
namespace switchyard::kernels::cpu {

struct Options {
  Variant variant = Variant::packed;
  // packed: rows of tokens that share one decoding of a weight tile. Smaller spreads one expert's
  // tokens over more threads, larger decodes less often. Same results for every value.
  std::size_t block_m = 64;
  Isa isa = Isa::portable;  // must be available
  // Tokens are taken in chunks whose intermediate rows fit this, at least one, and experts that
  // need memory while in use (emulated) in batches that do, at least one. Same results for every
  // value.
  std::size_t workspace_bytes = std::size_t{256} << 20;
};

// What every variant rounds on the CPU, with the products of an instruction set.
Numerics numerics_of(Scheme scheme, Isa isa);

// Checks configuration and weights. Views of the weights are kept.
Expected<std::unique_ptr<PreparedLayer>> prepare(const LayerConfig& config,
                                                 const LayerWeights& weights,
                                                 const Options& options);

}  // namespace switchyard::kernels::cpu
