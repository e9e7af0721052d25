#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "kernels/cpu/isa.h"
#include "kernels/registry.h"

// The fused layer on the CPU, all variants. Weights lie as panels (panel.h), reordered once by
// `prepare`. What each variant rounds beyond the quantisation that the scheme itself asks for
// (kernels/moe/numerics.h):
//
//   native    elements multiplied unscaled: MX by MX exact within a block, bf16 and fp8 by MX in
//             float; each block's sum times its scales is added to a float.
//   packed    the same for bf16 and fp8; MX activations are dequantised to bf16 (exact) first.
//   emulated  a panel at a time dequantised to bf16 in memory (exact), then plain bf16 products.
//
// fp8 activations stay e4m3 elements, exact in bf16; their static scale multiplies the sum, in all
// three, so that they compute the same function of the same bits. h is rounded to bf16 where the
// scheme does not quantise it, and the output is summed in float.
namespace switchyard::kernels::cpu {

// Rows of an item on the widest instruction set of this processor: a panel is decoded once for all
// of them where it goes through AMX, and they should stay in the second cache.
inline std::int64_t default_block_m() { return best_isa() == Isa::amx ? 256 : 64; }

struct Options {
  Variant variant = Variant::packed;
  // Rows of tokens of one work item. Smaller spreads one expert's tokens over more threads, larger
  // reads (emulated: dequantises) a panel less often. Same results for every value.
  std::size_t block_m = 64;
  Isa isa = Isa::portable;  // must be available
  // Tokens are taken in chunks whose intermediate rows fit this, at least one. Same results for
  // every value.
  std::size_t workspace_bytes = std::size_t{256} << 20;
};

// What every variant rounds on the CPU, with the products of an instruction set.
Numerics numerics_of(Scheme scheme, Isa isa);

// Checks configuration and weights, and reorders the weights; of `preparation` it heeds all but
// `isa`. Router weights and biases are views that are kept, experts' weights are read here only.
Expected<std::unique_ptr<PreparedLayer>> prepare(const LayerConfig& config,
                                                 const LayerWeights& weights,
                                                 const Options& options,
                                                 const Preparation& preparation = {});

}  // namespace switchyard::kernels::cpu
