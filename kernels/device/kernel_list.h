#pragma once

#include <span>
#include <string_view>

#include "kernels/device/arguments.h"

// Every kernel, by the machines that have it: what the host executor runs, what `moe kernels --extract` describes
// and what the checks of the objects look for. X(name, Argument, waves, grid, lds, meaning): `waves` of a workgroup; `grid` and
// `lds` (bytes) are the rules by which kernels/gpu launches it.
//
//   SWITCHYARD_KERNELS            all
//   SWITCHYARD_AMD_KERNELS        gfx942, gfx950
//   SWITCHYARD_NATIVE_KERNELS     gfx950
//   SWITCHYARD_WARPGROUP_KERNELS  sm_90a
#define SWITCHYARD_KERNELS(X)  \
  SWITCHYARD_AROUND_KERNELS(X) \
  SWITCHYARD_DEQUANTISE_KERNELS(X)

#define SWITCHYARD_DEQUANTISE_KERNEL(X, format)                                 \
  X(switchyard_dequantise_##format, Dequantise, 4,                                 \
    "x = ceil(blocks / threads), y = experts, first_expert and following", "0", \
    "MX weights of the experts that are hit to bf16")

#define SWITCHYARD_ROUTER_LOGITS_KERNEL(X, type)                                            \
  X(switchyard_router_logits_##type, RouterLogits, 4, "x = ceil(E / 4), y = ceil(T / 8)", "0", \
    "logits of the router")

#define SWITCHYARD_AROUND_KERNELS(X)                                                             \
  SWITCHYARD_ROUTER_LOGITS_KERNEL(X, bf16)                                                       \
  SWITCHYARD_ROUTER_LOGITS_KERNEL(X, float)                                                      \
  X(switchyard_router_pick, RouterPick, 4, "x = ceil(T / 4)", "16 (2 E + groups + k)",                \
    "experts and weights of each token")                                                         \
  X(switchyard_count_pairs, Group, 16, "x = ceil(P / (threads runs)); where runs > 1",           \
    "4 E", "pairs of each expert and workgroup")                                                 \
  X(switchyard_group_pairs, Group, 16, "x = max of ceil(P / (threads runs)) and ceil(E / 16)",   \
    "44 E, E rounded up to a multiple of 8", "pairs sorted by expert, in tiles of block_m") \
  X(switchyard_quantise, Quantise, 4, "x = ceil(blocks / threads)", "0",                            \
    "activations quantised and dequantised")                                                     \
  X(switchyard_combine, Combine, 4, "x = ceil(T H / 8 / threads)", "0", "the weighted sum of y")

#define SWITCHYARD_PRODUCT_KERNELS(X, m)                                                    \
  X(switchyard_gate_up_m##m, GateUpProduct, 4, "x = most tiles, y = ceil(I / 64)",             \
    "128 block_m + 16384; block_m = " #m, "gate and up of a tile, activated and quantised") \
  X(switchyard_down_m##m, DownProduct, 4, "x = most tiles, y = ceil(H / 128)",                 \
    "128 block_m + 16384; block_m = " #m, "the second product of a tile")

#define SWITCHYARD_DEQUANTISE_KERNELS(X)      \
  SWITCHYARD_DEQUANTISE_KERNEL(X, mxfp4)      \
  SWITCHYARD_DEQUANTISE_KERNEL(X, mxfp6_e3m2) \
  SWITCHYARD_DEQUANTISE_KERNEL(X, mxfp6_e2m3)

// Columns of a workgroup: of I 64, of H 128; half of that where split_k is not 1.
#define SWITCHYARD_PACKED_KERNELS_OF(X, format, m, s)                                             \
  X(switchyard_packed_gate_up_##format##_m##m##_s##s, PackedGateUp, 4,                               \
    "x = most tiles, y = ceil(I / columns); columns = 64, 32 where split_k > 1",                  \
    "max of block_m * 256 where block_m > 16, block_m * columns / 32 * 132, and 4096 "            \
    "where split_k = 2, 12288 where split_k = 4; block_m = " #m ", split_k = " #s,                \
    "gate and up of a tile, activated and quantised")                                             \
  X(switchyard_packed_down_##format##_m##m##_s##s, PackedDown, 4,                                    \
    "x = most tiles, y = ceil(H / columns); columns = 128, 64 where split_k > 1",                 \
    "block_m * 256 where block_m > 16, 4096 where split_k = 2, 12288 where split_k = 4, else 0; " \
    "block_m = " #m ", split_k = " #s,                                                            \
    "the second product of a tile")
#define SWITCHYARD_PACKED_KERNELS_OF_FORMAT(X, format) \
  SWITCHYARD_PACKED_KERNELS_OF(X, format, 16, 1)       \
  SWITCHYARD_PACKED_KERNELS_OF(X, format, 16, 2)       \
  SWITCHYARD_PACKED_KERNELS_OF(X, format, 16, 4)       \
  SWITCHYARD_PACKED_KERNELS_OF(X, format, 32, 1)       \
  SWITCHYARD_PACKED_KERNELS_OF(X, format, 64, 1)
#define SWITCHYARD_AMD_KERNELS(X)                    \
  SWITCHYARD_PRODUCT_KERNELS(X, 16)                  \
  SWITCHYARD_PRODUCT_KERNELS(X, 32)                  \
  SWITCHYARD_PRODUCT_KERNELS(X, 64)                  \
  SWITCHYARD_PACKED_KERNELS_OF_FORMAT(X, mxfp4)      \
  SWITCHYARD_PACKED_KERNELS_OF_FORMAT(X, mxfp6_e3m2) \
  SWITCHYARD_PACKED_KERNELS_OF_FORMAT(X, mxfp6_e2m3)

// A WarpgroupShape's members as in SWITCHYARD_WARPGROUP_SHAPES.
#define SWITCHYARD_WARPGROUP_LDS(m, waves, strips, stages, depth)                            \
  #stages " * (2 * " #depth " * block_m + " #waves " * " #strips " * (2 * " #depth           \
          " * bits + 64) rounded up to a multiple of 1024); block_m = " #m
#define SWITCHYARD_WARPGROUP_PAIR(X, gate_up, down, m, waves, strips, stages, depth)         \
  X(gate_up, WarpgroupGateUp, waves,                                                         \
    "x = most tiles, y = parts * ceil(I / (8 * " #waves " * " #strips "))",                  \
    "max of 66 block_m * " #waves " * " #strips " and " SWITCHYARD_WARPGROUP_LDS(            \
        m, waves, strips, stages, depth),                                                    \
    "gate and up of a tile, activated and quantised")                                        \
  X(down, WarpgroupDown, waves,                                                              \
    "x = most tiles, y = parts * ceil(H / (16 * " #waves " * " #strips "))",                 \
    SWITCHYARD_WARPGROUP_LDS(m, waves, strips, stages, depth), "the second product of a tile")
#define SWITCHYARD_WARPGROUP_KERNELS_OF(X, format, m, waves, strips, stages)              \
  SWITCHYARD_WARPGROUP_PAIR(X, switchyard_packed_gate_up_##format##_m##m,                 \
                            switchyard_packed_down_##format##_m##m, m, waves, strips, stages, 128)
#define SWITCHYARD_WARPGROUP_KERNELS_OF_FORMAT(X, format, most) \
  SWITCHYARD_WARPGROUP_KERNELS_OF(X, format, 16, 4, 2, 4)       \
  SWITCHYARD_WARPGROUP_KERNELS_OF(X, format, 32, 4, 2, 4)       \
  SWITCHYARD_WARPGROUP_KERNELS_OF(X, format, 48, 4, 2, 3)       \
  SWITCHYARD_WARPGROUP_KERNELS_OF(X, format, 64, 4, 4, 3)       \
  SWITCHYARD_WARPGROUP_KERNELS_OF(X, format, 128, 8, 2, most)
#define SWITCHYARD_WARPGROUP_KERNELS_OF_BF16(X, m, waves, strips, stages, depth)                \
  SWITCHYARD_WARPGROUP_PAIR(X, switchyard_gate_up_bf16_m##m, switchyard_down_bf16_m##m, m, waves, \
                            strips, stages, depth)
#define SWITCHYARD_DEQUANTISE_RECORDS_KERNEL(X, format)                                           \
  X(switchyard_dequantise_records_##format, DequantiseRecords, 4,                                    \
    "x = ceil(64 records / (4 threads)), y = most tiles or experts (by_tile)", "0",               \
    "packed records of the experts that are hit to bf16")
#define SWITCHYARD_ROUTER_PRODUCTS_KERNEL(X, m, lds)                                      \
  X(switchyard_router_products_m##m, RouterProducts, 4,                                   \
    "x = ceil(T / " #m "), y = parts * ceil(E / 128)", lds,                               \
    "logits of the router, of bf16 weights")
#define SWITCHYARD_WARPGROUP_KERNELS(X)                                                   \
  SWITCHYARD_DEQUANTISE_RECORDS_KERNEL(X, mxfp4)                                          \
  SWITCHYARD_DEQUANTISE_RECORDS_KERNEL(X, mxfp6_e3m2)                                     \
  SWITCHYARD_DEQUANTISE_RECORDS_KERNEL(X, mxfp6_e2m3)                                     \
  SWITCHYARD_WARPGROUP_KERNELS_OF_BF16(X, 16, 4, 2, 3, 128)                               \
  SWITCHYARD_WARPGROUP_KERNELS_OF_BF16(X, 32, 4, 2, 4, 128)                               \
  SWITCHYARD_WARPGROUP_KERNELS_OF_BF16(X, 64, 4, 2, 4, 128)                               \
  SWITCHYARD_WARPGROUP_KERNELS_OF_BF16(X, 128, 8, 2, 4, 64)                               \
  SWITCHYARD_ROUTER_PRODUCTS_KERNEL(X, 16, "77824")                                       \
  SWITCHYARD_ROUTER_PRODUCTS_KERNEL(X, 64, "102400")                                      \
  X(switchyard_activate, Activate, 4, "x = ceil(P I / 32 / threads)", "0",                   \
    "shared sums of gate and up added, activated and quantised")                          \
  SWITCHYARD_WARPGROUP_KERNELS_OF_FORMAT(X, mxfp4, 4)                                     \
  SWITCHYARD_WARPGROUP_KERNELS_OF_FORMAT(X, mxfp6_e3m2, 3)                                \
  SWITCHYARD_WARPGROUP_KERNELS_OF_FORMAT(X, mxfp6_e2m3, 3)

// Of gfx950 only.
#define SWITCHYARD_ENCODE_KERNEL(X, format)                                \
  X(switchyard_encode_##format, Encode, 4, "x = ceil(blocks / threads)", "0", \
    "activations to packed codes and scales")
#define SWITCHYARD_NATIVE_KERNELS_OF(X, b, a, m)                                                \
  X(switchyard_native_gate_up_##b##_a_##a##_m##m, NativeGateUp, 4,                                 \
    "x = most tiles, y = ceil(I / 64)", "264 block_m; block_m = " #m,                           \
    "gate and up of a tile, activated and quantised")                                           \
  X(switchyard_native_down_##b##_a_##a##_m##m, NativeDown, 4, "x = most tiles, y = ceil(H / 128)", \
    "0", "the second product of a tile")
#define SWITCHYARD_NATIVE_KERNELS_OF_FORMATS(X, b, a) \
  SWITCHYARD_NATIVE_KERNELS_OF(X, b, a, 16)           \
  SWITCHYARD_NATIVE_KERNELS_OF(X, b, a, 32)           \
  SWITCHYARD_NATIVE_KERNELS_OF(X, b, a, 64)
#define SWITCHYARD_NATIVE_KERNELS(X)                              \
  SWITCHYARD_ENCODE_KERNEL(X, mxfp4)                              \
  SWITCHYARD_ENCODE_KERNEL(X, mxfp6_e3m2)                         \
  SWITCHYARD_ENCODE_KERNEL(X, mxfp6_e2m3)                         \
  SWITCHYARD_ENCODE_KERNEL(X, fp8)                                \
  SWITCHYARD_NATIVE_KERNELS_OF_FORMATS(X, mxfp4, mxfp4)           \
  SWITCHYARD_NATIVE_KERNELS_OF_FORMATS(X, mxfp4, mxfp6_e3m2)      \
  SWITCHYARD_NATIVE_KERNELS_OF_FORMATS(X, mxfp4, mxfp6_e2m3)      \
  SWITCHYARD_NATIVE_KERNELS_OF_FORMATS(X, mxfp4, fp8)             \
  SWITCHYARD_NATIVE_KERNELS_OF_FORMATS(X, mxfp6_e3m2, mxfp6_e3m2) \
  SWITCHYARD_NATIVE_KERNELS_OF_FORMATS(X, mxfp6_e3m2, fp8)        \
  SWITCHYARD_NATIVE_KERNELS_OF_FORMATS(X, mxfp6_e2m3, mxfp6_e2m3) \
  SWITCHYARD_NATIVE_KERNELS_OF_FORMATS(X, mxfp6_e2m3, fp8)

namespace switchyard::kernels::device {

struct KernelInfo {
  std::string_view name;
  unsigned waves;  // of a workgroup
  std::string_view grid, lds, meaning;
  std::size_t argument_bytes;
  std::span<const Field> fields;
};

#define SWITCHYARD_KERNEL_INFO(name, Argument, waves, grid, lds, meaning) \
  {#name, waves, grid, lds, meaning, sizeof(Argument), Argument##Fields::table},
inline constexpr KernelInfo kKernels[] = {
    SWITCHYARD_KERNELS(SWITCHYARD_KERNEL_INFO) SWITCHYARD_AMD_KERNELS(SWITCHYARD_KERNEL_INFO)
        SWITCHYARD_NATIVE_KERNELS(SWITCHYARD_KERNEL_INFO)
            SWITCHYARD_WARPGROUP_KERNELS(SWITCHYARD_KERNEL_INFO)};

}  // namespace switchyard::kernels::device
