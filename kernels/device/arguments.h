#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/moe/activation.h"
#include "kernels/moe/router.h"
#include "kernels/moe/scheme.h"
#include "kernels/mx/bf16.h"

// The one parameter of each kernel: a trivially copyable struct by value, the same bytes on the
// host and on the device. A struct and the table of its fields come from one list, so they cannot
// differ.
//
// T tokens, H hidden, I intermediate, E experts, k experts a token; a pair is token * k + rank, P =
// T * k of them; a tile is up to block_m pairs of one expert (grouping.hip). Pointers are to the
// device's memory, each aligned to 256 bytes as it was allocated.
namespace switchyard::kernels::device {

// Of a workgroup, where kernel_list.h says nothing else; so it has 256 threads on AMD and 128 on NVIDIA.
inline constexpr unsigned kWorkgroupWaves = 4;
inline constexpr unsigned kMostWorkgroupWaves = 16;

struct Field {
  const char* name;
  const char* type;
  std::size_t offset, size;
  const char* meaning;
};

#define SWITCHYARD_FIELD_MEMBER(type, name, meaning) type name;
#define SWITCHYARD_FIELD_ENTRY(type, name, meaning) \
  {#name, #type, offsetof(Self, name), sizeof(Self::name), meaning},
// The struct `Name` and `Name##Fields::table`.
#define SWITCHYARD_ARGUMENT(Name, FIELDS)                              \
  struct Name {                                                        \
    FIELDS(SWITCHYARD_FIELD_MEMBER)                                    \
  };                                                                   \
  struct Name##Fields {                                                \
    using Self = Name;                                                 \
    static constexpr Field table[] = {FIELDS(SWITCHYARD_FIELD_ENTRY)}; \
  };

// router_logits.hip, router_pick.hip
#define SWITCHYARD_ROUTER_LOGITS(X)                                \
  X(const Bf16*, x, "[T, H]")                                      \
  X(const void*, weight, "[E, H], bf16 or float as the name says") \
  X(float*, logits, "[T, E], written")                             \
  X(std::uint32_t, tokens, "T")                                    \
  X(std::uint32_t, hidden, "H")                                    \
  X(std::uint32_t, experts, "E")
SWITCHYARD_ARGUMENT(RouterLogits, SWITCHYARD_ROUTER_LOGITS)

#define SWITCHYARD_ROUTER_PICK(X)                                                    \
  X(const float*, logits, "[parts, T, E], added first")                              \
  X(const float*, bias, "[E], added to them, or null")                               \
  X(const float*, correction, "[E], or null; sigmoid_grouped only")                  \
  X(std::int32_t*, experts_picked, "[T, k], written, best first")                    \
  X(float*, weights, "[T, k], written")                                              \
  X(std::uint32_t, tokens, "T")                                                      \
  X(std::uint32_t, experts, "E")                                                     \
  X(std::uint32_t, top_k, "k")                                                       \
  X(std::uint32_t, groups, "sigmoid_grouped: of experts; else 1")                    \
  X(std::uint32_t, top_groups, "sigmoid_grouped: that stay; else 1")                 \
  X(float, scaling_factor, "sigmoid_grouped: of the weights, last")                  \
  X(Router::Kind, kind, "0 softmax_of_top_k, 1 top_k_of_softmax, 2 sigmoid_grouped") \
  X(bool, renormalise, "kinds 1 and 2: divide the weights by their sum")             \
  X(std::uint32_t, parts, "of the logits")
SWITCHYARD_ARGUMENT(RouterPick, SWITCHYARD_ROUTER_PICK)

// warpgroup_router.hip
#define SWITCHYARD_ROUTER_PRODUCTS(X)                                                \
  X(const Bf16*, x, "[T, H]")                                                        \
  X(const std::uint8_t*, weight, "[E, H] records of bf16, E padded to 16, `layouts`") \
  X(float*, logits, "[parts, T, E], written")                                        \
  X(std::uint32_t, tokens, "T")                                                      \
  X(std::uint32_t, hidden, "H")                                                      \
  X(std::uint32_t, experts, "E")                                                     \
  X(std::uint32_t, parts, "workgroups that share a reduction")
SWITCHYARD_ARGUMENT(RouterProducts, SWITCHYARD_ROUTER_PRODUCTS)

// grouping.hip, whose workgroups are of so many waves; each places runs of as many pairs as it has threads.
inline constexpr std::uint32_t kGroupingWaves = 16;
inline constexpr std::uint32_t kMostRunsAtOnce = 64;  // of one run a workgroup
constexpr std::uint64_t grouping_lds(std::uint64_t experts) {
  return (12 + 2 * kGroupingWaves) * ((experts + 7) / 8 * 8);
}
// Runs of a workgroup, for workgroups of `threads`: one as long as reading all pairs in each costs less than a
// launch more.
constexpr std::uint32_t grouping_runs(std::uint64_t pairs, std::uint64_t threads) {
  const std::uint64_t all = (pairs + threads - 1) / threads;
  return static_cast<std::uint32_t>((all + kMostRunsAtOnce - 1) / kMostRunsAtOnce);
}
#define SWITCHYARD_GROUPING(X)                                                           \
  X(const std::int32_t*, experts_picked, "[P], the expert of each pair")                 \
  X(std::uint32_t*, counts, "[E], pairs of each expert; written")                        \
  X(std::uint32_t*, tile_begin,                                                          \
    "[E + 1], the first tile of each expert, then their number; written")                \
  X(std::int32_t*, tile_expert, "[tiles], the expert of each tile; written")             \
  X(std::int32_t*, tile_pairs, "[tiles, block_m], ascending, -1 past the last; written") \
  X(std::uint32_t*, block_counts,                                                        \
    "[workgroups, E], those of each workgroup, written by count_pairs; null: group_pairs counts") \
  X(std::uint32_t, pairs, "P")                                                           \
  X(std::uint32_t, experts, "E")                                                         \
  X(std::uint32_t, block_m, "rows of a tile")                                            \
  X(std::uint32_t, runs, "that a workgroup places, of as many pairs as it has threads")
SWITCHYARD_ARGUMENT(Group, SWITCHYARD_GROUPING)

// quantise.hip
#define SWITCHYARD_QUANTISE(X)                                        \
  X(const Bf16*, values, "[blocks, 32]")                              \
  X(Bf16*, out, "[blocks, 32], what the product multiplies; written") \
  X(std::uint32_t, blocks, "of 32 values")                            \
  X(float, static_scale, "fp8: out = e4m3(value / static_scale)")     \
  X(ActivationFormat, format, "1 mxfp4, 2 mxfp6_e3m2, 3 mxfp6_e2m3, 4 fp8")
SWITCHYARD_ARGUMENT(Quantise, SWITCHYARD_QUANTISE)

// dequantise.hip
#define SWITCHYARD_DEQUANTISE(X)                                                    \
  X(const std::uint8_t*, elements, "[E, blocks], packed blocks of 32")              \
  X(const std::uint8_t*, scales, "[E, blocks], e8m0")                               \
  X(Bf16*, out, "[experts of the grid, blocks, 32]; written where counts is not 0") \
  X(const std::uint32_t*, counts, "[E], pairs of each expert; null: all")           \
  X(std::uint32_t, blocks, "of one expert")                                         \
  X(std::uint32_t, first_expert, "grid y counts from it")
SWITCHYARD_ARGUMENT(Dequantise, SWITCHYARD_DEQUANTISE)

// gate_up.hip
#define SWITCHYARD_GATE_UP(X)                                                                \
  X(const Bf16*, x, "[T, H], as the product multiplies it")                                  \
  X(const Bf16*, weight, "[last_expert - first_expert, 2 I, H]: I gate rows, I up rows")     \
  X(const float*, bias, "[E, 2 I], or null")                                                 \
  X(Bf16*, h, "[P, I], as the next product multiplies it; written")                          \
  X(const std::uint32_t*, tile_begin, "[E + 1]")                                             \
  X(const std::int32_t*, tile_expert, "[tiles]")                                             \
  X(const std::int32_t*, tile_pairs, "[tiles, block_m]")                                     \
  X(std::uint32_t, first_expert, "whose tiles are computed, the first")                      \
  X(std::uint32_t, last_expert, "one past the last")                                         \
  X(std::uint32_t, hidden, "H")                                                              \
  X(std::uint32_t, intermediate, "I")                                                        \
  X(std::uint32_t, top_k, "k")                                                               \
  X(float, input_scale, "multiplies both sums: the static scale of fp8 activations; else 1") \
  X(float, hidden_scale, "the static scale that h is quantised with; fp8 only")              \
  X(Activation, activation, "0 silu, 1 swigluoai")                                           \
  X(ActivationFormat, format, "of h: 0 bf16, 1 mxfp4, 2 mxfp6_e3m2, 3 mxfp6_e2m3, 4 fp8")
SWITCHYARD_ARGUMENT(GateUpProduct, SWITCHYARD_GATE_UP)

// down.hip
#define SWITCHYARD_DOWN(X)                                              \
  X(const Bf16*, h, "[P, I], as the product multiplies it")             \
  X(const Bf16*, weight, "[last_expert - first_expert, H, I]")          \
  X(const float*, bias, "[E, H], or null")                              \
  X(float*, y, "[P, H]; written")                                       \
  X(const std::uint32_t*, tile_begin, "[E + 1]")                        \
  X(const std::int32_t*, tile_expert, "[tiles]")                        \
  X(const std::int32_t*, tile_pairs, "[tiles, block_m]")                \
  X(std::uint32_t, first_expert, "whose tiles are computed, the first") \
  X(std::uint32_t, last_expert, "one past the last")                    \
  X(std::uint32_t, hidden, "H")                                         \
  X(std::uint32_t, intermediate, "I")                                   \
  X(float, hidden_scale, "multiplies the sum: the static scale of fp8 activations; else 1")
SWITCHYARD_ARGUMENT(DownProduct, SWITCHYARD_DOWN)

// packed_gate_up.hip
#define SWITCHYARD_PACKED_GATE_UP_FIELDS(X)                                                  \
  X(const Bf16*, x, "[T, H], as the product multiplies it")                                  \
  X(const std::uint8_t*, weight, "[E] records of [2 I, H], I gate rows then I up rows; `layouts`")               \
  X(const std::uint32_t*, scales, "[E] words of the same")                                   \
  X(const float*, bias, "[E, 2 I], or null")                                                 \
  X(Bf16*, h, "[P, I], as the next product multiplies it; written")                          \
  X(const std::uint32_t*, tile_begin, "[E + 1]")                                             \
  X(const std::int32_t*, tile_expert, "[tiles]")                                             \
  X(const std::int32_t*, tile_pairs, "[tiles, block_m]")                                     \
  X(std::uint32_t, first_expert, "whose tiles are computed, the first")                      \
  X(std::uint32_t, last_expert, "one past the last")                                         \
  X(std::uint32_t, hidden, "H")                                                              \
  X(std::uint32_t, intermediate, "I")                                                        \
  X(std::uint32_t, top_k, "k")                                                               \
  X(float, input_scale, "multiplies both sums: the static scale of fp8 activations; else 1") \
  X(float, hidden_scale, "the static scale that h is quantised with; fp8 only")              \
  X(Activation, activation, "0 silu, 1 swigluoai")                                           \
  X(ActivationFormat, format, "of h: 0 bf16, 1 mxfp4, 2 mxfp6_e3m2, 3 mxfp6_e2m3, 4 fp8")
SWITCHYARD_ARGUMENT(PackedGateUp, SWITCHYARD_PACKED_GATE_UP_FIELDS)

// packed_down.hip
#define SWITCHYARD_PACKED_DOWN_FIELDS(X)                                     \
  X(const Bf16*, h, "[P, I], as the product multiplies it")                  \
  X(const std::uint8_t*, weight, "[E] records of [H, I]; `layouts`") \
  X(const std::uint32_t*, scales, "[E] words of the same")                   \
  X(const float*, bias, "[E, H], or null")                                   \
  X(float*, y, "[P, H]; written")                                            \
  X(const std::uint32_t*, tile_begin, "[E + 1]")                             \
  X(const std::int32_t*, tile_expert, "[tiles]")                             \
  X(const std::int32_t*, tile_pairs, "[tiles, block_m]")                     \
  X(std::uint32_t, first_expert, "whose tiles are computed, the first")      \
  X(std::uint32_t, last_expert, "one past the last")                         \
  X(std::uint32_t, hidden, "H")                                              \
  X(std::uint32_t, intermediate, "I")                                        \
  X(float, hidden_scale, "multiplies the sum: the static scale of fp8 activations; else 1")
SWITCHYARD_ARGUMENT(PackedDown, SWITCHYARD_PACKED_DOWN_FIELDS)

// warpgroup_dequantise.hip
inline constexpr unsigned kDequantisedPieces = 4;  // of a thread
#define SWITCHYARD_DEQUANTISE_RECORDS(X)                                                      \
  X(const std::uint8_t*, elements, "[E, records], packed; `layouts`")                 \
  X(const std::uint32_t*, scales, "[E] words of the same")                                    \
  X(std::uint8_t*, out, "[last_expert - first_expert, records] of bf16; written of experts with a tile") \
  X(const std::uint32_t*, tile_begin, "[E + 1]")                                              \
  X(const std::int32_t*, tile_expert, "[tiles]")                                              \
  X(std::uint32_t, records, "of one expert")                                                  \
  X(std::uint32_t, first_expert, "the first")                                                 \
  X(std::uint32_t, last_expert, "one past the last")                                          \
  X(bool, by_tile, "grid y counts tiles of these experts; else the experts")
SWITCHYARD_ARGUMENT(DequantiseRecords, SWITCHYARD_DEQUANTISE_RECORDS)

// warpgroup_gate_up.hip
#define SWITCHYARD_WARPGROUP_GATE_UP_FIELDS(X)                                             \
  SWITCHYARD_PACKED_GATE_UP_FIELDS(X)                                                      \
  X(float*, partial, "[parts, P, 2 I], written instead of h where parts is not 1: sums times input_scale, " \
    "those of part 0 plus the bias")                                                       \
  X(std::uint32_t, parts, "workgroups that share a reduction, split_k")                    \
  X(std::uint32_t, pairs, "P")                                                             \
  X(bool, large_scales, "some e8m0 byte of scales is above 128 (fp4, fp6 e2m3) or 130 (fp6 e3m2)")
SWITCHYARD_ARGUMENT(WarpgroupGateUp, SWITCHYARD_WARPGROUP_GATE_UP_FIELDS)

// activate.hip
#define SWITCHYARD_ACTIVATE(X)                                                  \
  X(const float*, partial, "[parts, P, 2 I], I gates then I ups, added first")  \
  X(Bf16*, h, "[P, I], as the next product multiplies it; written")             \
  X(std::uint32_t, parts, "of the sums")                                        \
  X(std::uint32_t, pairs, "P")                                                  \
  X(std::uint32_t, intermediate, "I")                                           \
  X(float, hidden_scale, "the static scale that h is quantised with; fp8 only") \
  X(Activation, activation, "0 silu, 1 swigluoai")                              \
  X(ActivationFormat, format, "of h: 0 bf16, 1 mxfp4, 2 mxfp6_e3m2, 3 mxfp6_e2m3, 4 fp8")
SWITCHYARD_ARGUMENT(Activate, SWITCHYARD_ACTIVATE)

// warpgroup_down.hip
#define SWITCHYARD_WARPGROUP_DOWN_FIELDS(X)                             \
  SWITCHYARD_PACKED_DOWN_FIELDS(X)                                      \
  X(std::uint32_t, parts, "workgroups that share a reduction, split_k") \
  X(std::uint32_t, pairs, "P; y is [parts, P, H]")                      \
  X(bool, large_scales, "some e8m0 byte of scales is above 128 (fp4, fp6 e2m3) or 130 (fp6 e3m2)")
SWITCHYARD_ARGUMENT(WarpgroupDown, SWITCHYARD_WARPGROUP_DOWN_FIELDS)

// How a product on sm_90a is built (warpgroup_product.h): tokens of a tile, waves of a workgroup, strips of 16
// weight rows a wave, stages in LDS and the k of one.
struct WarpgroupShape {
  std::uint32_t block_m, waves, strips, stages, depth;
};

// LDS of a stage, which begins at a multiple of 1024 bytes: block_m rows of bf16; of each wave's strip 16 rows of
// weights and their scales.
constexpr std::uint32_t warpgroup_stage_bytes(const WarpgroupShape& shape, std::uint32_t bits) {
  const std::uint32_t strips = shape.waves * shape.strips;
  return (2 * shape.depth * shape.block_m + strips * (2 * shape.depth * bits + 64) + 1023) / 1024 *
         1024;
}

// Of the router, whose weights are records of bf16 too; for few tokens and for many.
inline constexpr WarpgroupShape kRouterShapes[] = {{16, 4, 2, 4, 64}, {64, 4, 2, 4, 64}};

// The instances on sm_90a: V(format, Format, and a WarpgroupShape's members). `most`: as many stages of block_m 128
// as fit the LDS.
#define SWITCHYARD_WARPGROUP_SHAPES_OF(V, format, Format, most) \
  V(format, Format, 16, 4, 2, 4, 128)                           \
  V(format, Format, 32, 4, 2, 4, 128)                           \
  V(format, Format, 48, 4, 2, 3, 128)                           \
  V(format, Format, 64, 4, 4, 3, 128)                           \
  V(format, Format, 128, 8, 2, most, 128)
#define SWITCHYARD_WARPGROUP_FP4_SHAPES(V) \
  SWITCHYARD_WARPGROUP_SHAPES_OF(V, mxfp4, Fp4E2M1, 4)
#define SWITCHYARD_WARPGROUP_FP6_SHAPES(V)                  \
  SWITCHYARD_WARPGROUP_SHAPES_OF(V, mxfp6_e3m2, Fp6E3M2, 3) \
  SWITCHYARD_WARPGROUP_SHAPES_OF(V, mxfp6_e2m3, Fp6E2M3, 3)
// Of the emulated variant, whose weights are bf16 already.
#define SWITCHYARD_WARPGROUP_DECODED_SHAPES(V) \
  V(bf16, DecodedRecord, 16, 4, 2, 3, 128)     \
  V(bf16, DecodedRecord, 32, 4, 2, 4, 128)     \
  V(bf16, DecodedRecord, 64, 4, 2, 4, 128)     \
  V(bf16, DecodedRecord, 128, 8, 2, 4, 64)
#define SWITCHYARD_WARPGROUP_SHAPES(V) \
  SWITCHYARD_WARPGROUP_FP4_SHAPES(V)   \
  SWITCHYARD_WARPGROUP_FP6_SHAPES(V)

// The instances of the packed products on AMD: V(format, Format, block_m, split_k).
#define SWITCHYARD_PACKED_SHAPES_OF(V, format, Format) \
  V(format, Format, 16, 1)                             \
  V(format, Format, 16, 2)                             \
  V(format, Format, 16, 4)                             \
  V(format, Format, 32, 1)                             \
  V(format, Format, 64, 1)
#define SWITCHYARD_PACKED_SHAPES(V)                   \
  SWITCHYARD_PACKED_SHAPES_OF(V, mxfp4, Fp4E2M1)      \
  SWITCHYARD_PACKED_SHAPES_OF(V, mxfp6_e3m2, Fp6E3M2) \
  SWITCHYARD_PACKED_SHAPES_OF(V, mxfp6_e2m3, Fp6E2M3)

// encode.hip
#define SWITCHYARD_ENCODE(X)                                           \
  X(const Bf16*, values, "[blocks, 32]")                               \
  X(std::uint8_t*, elements, "[blocks], 4 * bits bytes each; written") \
  X(std::uint8_t*, scales, "[blocks], e8m0; of MX formats, written")   \
  X(std::uint32_t, blocks, "of 32 values")                             \
  X(float, static_scale, "fp8: code = e4m3(value / static_scale)")
SWITCHYARD_ARGUMENT(Encode, SWITCHYARD_ENCODE)

// native_gate_up.hip
#define SWITCHYARD_NATIVE_GATE_UP_FIELDS(X)                                                  \
  X(const std::uint8_t*, x, "[T, H], packed rows")                                           \
  X(const std::uint8_t*, x_scales, "[T, H / 32], e8m0; of MX formats")                       \
  X(const std::uint8_t*, weight, "[E] records of [2 I, H], I gate rows then I up rows; `layouts`")               \
  X(const std::uint32_t*, scales, "[E] words of the same")                                   \
  X(const float*, bias, "[E, 2 I], or null")                                                 \
  X(std::uint8_t*, h, "[P, I], packed rows; written")                                        \
  X(std::uint8_t*, h_scales, "[P, I / 32], e8m0; of MX formats, written")                    \
  X(const std::uint32_t*, tile_begin, "[E + 1]")                                             \
  X(const std::int32_t*, tile_expert, "[tiles]")                                             \
  X(const std::int32_t*, tile_pairs, "[tiles, block_m]")                                     \
  X(std::uint32_t, first_expert, "whose tiles are computed, the first")                      \
  X(std::uint32_t, last_expert, "one past the last")                                         \
  X(std::uint32_t, hidden, "H")                                                              \
  X(std::uint32_t, intermediate, "I")                                                        \
  X(std::uint32_t, top_k, "k")                                                               \
  X(float, input_scale, "multiplies both sums: the static scale of fp8 activations; else 1") \
  X(float, hidden_scale, "the static scale that h is quantised with; fp8 only")              \
  X(Activation, activation, "0 silu, 1 swigluoai")
SWITCHYARD_ARGUMENT(NativeGateUp, SWITCHYARD_NATIVE_GATE_UP_FIELDS)

// native_down.hip
#define SWITCHYARD_NATIVE_DOWN_FIELDS(X)                                     \
  X(const std::uint8_t*, h, "[P, I], packed rows")                           \
  X(const std::uint8_t*, h_scales, "[P, I / 32], e8m0; of MX formats")       \
  X(const std::uint8_t*, weight, "[E] records of [H, I]; `layouts`") \
  X(const std::uint32_t*, scales, "[E] words of the same")                   \
  X(const float*, bias, "[E, H], or null")                                   \
  X(float*, y, "[P, H]; written")                                            \
  X(const std::uint32_t*, tile_begin, "[E + 1]")                             \
  X(const std::int32_t*, tile_expert, "[tiles]")                             \
  X(const std::int32_t*, tile_pairs, "[tiles, block_m]")                     \
  X(std::uint32_t, first_expert, "whose tiles are computed, the first")      \
  X(std::uint32_t, last_expert, "one past the last")                         \
  X(std::uint32_t, hidden, "H")                                              \
  X(std::uint32_t, intermediate, "I")                                        \
  X(float, hidden_scale, "multiplies the sum: the static scale of fp8 activations; else 1")
SWITCHYARD_ARGUMENT(NativeDown, SWITCHYARD_NATIVE_DOWN_FIELDS)

// The instances of the native products: V(weights, Format, activations, Format, block_m).
#define SWITCHYARD_NATIVE_SHAPES_OF(V, b, B, a, A) \
  V(b, B, a, A, 16)                                \
  V(b, B, a, A, 32)                                \
  V(b, B, a, A, 64)
#define SWITCHYARD_NATIVE_SHAPES(V)                                        \
  SWITCHYARD_NATIVE_SHAPES_OF(V, mxfp4, Fp4E2M1, mxfp4, Fp4E2M1)           \
  SWITCHYARD_NATIVE_SHAPES_OF(V, mxfp4, Fp4E2M1, mxfp6_e3m2, Fp6E3M2)      \
  SWITCHYARD_NATIVE_SHAPES_OF(V, mxfp4, Fp4E2M1, mxfp6_e2m3, Fp6E2M3)      \
  SWITCHYARD_NATIVE_SHAPES_OF(V, mxfp4, Fp4E2M1, fp8, Fp8E4M3)             \
  SWITCHYARD_NATIVE_SHAPES_OF(V, mxfp6_e3m2, Fp6E3M2, mxfp6_e3m2, Fp6E3M2) \
  SWITCHYARD_NATIVE_SHAPES_OF(V, mxfp6_e3m2, Fp6E3M2, fp8, Fp8E4M3)        \
  SWITCHYARD_NATIVE_SHAPES_OF(V, mxfp6_e2m3, Fp6E2M3, mxfp6_e2m3, Fp6E2M3) \
  SWITCHYARD_NATIVE_SHAPES_OF(V, mxfp6_e2m3, Fp6E2M3, fp8, Fp8E4M3)

// combine.hip
#define SWITCHYARD_COMBINE(X)                                                 \
  X(const float*, y, "[parts, P, H]")                                         \
  X(const float*, weights, "[T, k]")                                          \
  X(Bf16*, out, "[T, H], written; or null")                                   \
  X(float*, out_float, "[T, H], before that last rounding, written; or null") \
  X(std::uint32_t, tokens, "T")                                               \
  X(std::uint32_t, hidden, "H")                                               \
  X(std::uint32_t, top_k, "k")                                                \
  X(std::uint32_t, parts, "of y, added first")
SWITCHYARD_ARGUMENT(Combine, SWITCHYARD_COMBINE)

}  // namespace switchyard::kernels::device
