#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/cpu/isa.h"
#include "kernels/cpu/panel.h"
#include "kernels/cpu/row.h"
#include "kernels/moe/activation.h"
#include "kernels/moe/scheme.h"

// The inner products of the CPU kernels, one table an instruction set.
//
// Every product takes rows of activations and two panels of the same number of columns, and writes
// out[p][m * kPanelRows + n] = row m . row n of panel p for m < count, in an order of additions
// that depends on the number of blocks and the instruction set alone, never on `count`: results are
// independent of tiling and threads. A block of 32 is summed first, in float; that times the scales
// is added to a float. AMX adds up runs of 256 columns of scaled weights instead. What rows and
// panels that are not ordinary give is unspecified: `exact_product` is for them.
namespace switchyard::kernels::cpu {

inline constexpr int kAmxRun = 256;

// An expert with at most so many tokens is not worth tiles.
inline constexpr std::size_t kFewRows = 2;

struct Products {
  // Decoded in registers, a register for all rows of a register tile.
  void (*packed)(WeightFormat format, const Panel* panels, const Row* rows, std::size_t count,
                 float* const* out);
  // The same for fp4 by fp4, each block an exact integer; null: `packed` is exact as well, being a
  // float sum of at most 24 bits.
  void (*integer)(const Panel* panels, const Row* rows, std::size_t count, float* const* out);
  // The panel's values in bf16, scaled: [16 * blocks] pair rows. Ordinary panels.
  void (*decode)(WeightFormat format, const Panel& panel, std::uint16_t* values);
  // As `packed`, of decoded panels.
  void (*plain)(const std::uint16_t* const* values, std::size_t blocks, const Row* rows,
                std::size_t count, float* const* out);
  // h[m][0 .. 15] = act(gate + gate_bias, up + up_bias), gate and up as `packed` wrote them.
  void (*activate)(Activation activation, const float* gate, const float* up,
                   const float* gate_bias, const float* up_bias, std::size_t count,
                   float* const* h);
  // `packed` and `plain` over rows that were packed into tiles (row_tiles.h), unscaled MX elements
  // excluded; null where there are none. For more than kFewRows rows.
  void (*packed_tiles)(WeightFormat format, const Panel* panels, const std::uint16_t* rows,
                       std::size_t count, float* const* out);
  void (*plain_tiles)(const std::uint16_t* const* values, std::size_t blocks,
                      const std::uint16_t* rows, std::size_t count, float* const* out);
  bool reads_floats;  // Row::floats, else Row::bf16
};

// Precondition: available(isa).
const Products& products(Isa isa);

// The same in double precision, rounded once at the end: rows and panels that are not ordinary, of
// any scale. Slow.
void exact_product(WeightFormat format, const Panel& panel, const Row& row, float* out);  // [16]

}  // namespace switchyard::kernels::cpu
