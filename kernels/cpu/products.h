#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

// The inner products of the CPU kernels, once an instruction set: rows of activations times a tile
// of kTileRows rows of weights. This table is the seam for faster paths (preshuffled tiles, VNNI,
// AMX).
//
// Every function computes out[m * kTileRows + n] = sum over k of a[m][k] * b[n][k], accumulated in
// float in an order that depends on `k` and the instruction set alone, never on the number of rows:
// that is what makes results independent of tiling and threads. `columns` is a multiple of 32.
namespace switchyard::kernels::cpu {

inline constexpr std::size_t kTileRows = 4;

// Plain floats: b[n] = values + n * columns.
using ProductFloat = void (*)(const float* const* a, std::size_t a_rows, const float* values,
                              std::size_t columns, float* out);

// Unscaled elements and one scale a block of 32: the block's sum is multiplied by
// scales[n * columns / 32 + block] before it is accumulated.
using ProductScaled = void (*)(const float* const* a, std::size_t a_rows, const float* values,
                               const float* scales, std::size_t columns, float* out);

// Integers, each block's sum exact; |a|, |b| <= 448, so that 32 products stay below 2^24. Scales of
// both sides are doubles, so that their product is exact; the scaled block is rounded to float
// once.
using ProductInteger = void (*)(const std::int16_t* const* a, const double* const* a_scales,
                                std::size_t a_rows, const std::int16_t* values,
                                const double* scales, std::size_t columns, float* out);

struct Products {
  ProductFloat f32;
  ProductScaled scaled;
  ProductInteger integer;
};

enum class Isa : std::uint8_t { portable, avx2, avx512 };

std::string_view name_of(Isa isa);

// Whether this build and this processor have it. `portable` always.
bool available(Isa isa);

// The widest available one.
Isa best_isa();

// Independent sums of a reduction in the float products, added pairwise at the end. A scaled
// product sums a block of 32 first; an integer one is exact within a block.
constexpr int partial_sums(Isa isa) { return isa == Isa::avx512 ? 16 : isa == Isa::avx2 ? 8 : 4; }

// Precondition: available(isa).
const Products& products(Isa isa);

}  // namespace switchyard::kernels::cpu
