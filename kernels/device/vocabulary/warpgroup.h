#pragma once

#include "kernels/device/vocabulary/memory.h"
#include "kernels/device/vocabulary/thread.h"

// The matrix operation of the four waves of a workgroup on sm_90a, wgmma.m64nNk16: c [64, N] += a
// [64, 16] b [N, 16]^T, bf16 products, float sums. a comes from registers, b from LDS.
//
// Wave w has rows 16 w .. 16 w + 15 of a and c. Its lane 4 g + t holds of a, two k a register: row
// g, k = 2t; row g + 8, k = 2t; row g, k = 2t + 8; row g + 8, k = 2t + 8. Of c, register 4 j + 2 i
// + e: row g + 8 i, column 8 j + 2 t + e.
//
// b lies in LDS in rows of 64 k, 128 bytes, from a multiple of 1024 bytes on; the 16-byte piece p
// of row n is at place p ^ (n % 8) of the row ("128-byte swizzle"), so that neither writing nor
// reading meets a bank twice.
//
// The instructions go on while the threads do: those since the last commit are a group, and sums,
// registers of a and LDS are free again after `warpgroup_wait<n>`, which leaves at most the last n
// groups under way. All four waves issue the same ones.
#if defined(SWITCHYARD_SM_90)
namespace switchyard::kernels::device::inline SWITCHYARD_MODEL {

inline constexpr unsigned kWarpgroupRows = 64;
inline constexpr unsigned kWarpgroupDepth = 16;
inline constexpr unsigned kMatrixRowBytes = 128;  // of b in LDS

// Where piece p of row n is, in bytes from the first row.
SWITCHYARD_DEVICE unsigned matrix_row_place(unsigned n, unsigned p) {
  return n * kMatrixRowBytes + ((p ^ (n % 8)) * 16);
}

// b from byte `at` of LDS (PTX ISA, "Matrix descriptor": start, stride of eight rows, swizzle; the
// leading stride is not used).
SWITCHYARD_DEVICE std::uint64_t matrix_rows(unsigned at) {
  constexpr std::uint64_t kSwizzle128 = std::uint64_t{1} << 62;
  constexpr std::uint64_t kEightRows = std::uint64_t{8 * kMatrixRowBytes / 16} << 32;
  return kSwizzle128 | kEightRows | std::uint64_t{1} << 16 | ((lds_address(at) & 0x3FFFFu) >> 4);
}

// The same `bytes` on, a multiple of 16; 32 are the next 16 of k.
SWITCHYARD_DEVICE std::uint64_t matrix_rows_at(std::uint64_t rows, unsigned bytes) {
  return (rows >> 32 << 32) | (static_cast<std::uint32_t>(rows) + bytes / 16);
}

#if defined(__NVPTX__)
#define SWITCHYARD_SUMS_0 "%0, %1, %2, %3, %4, %5, %6, %7"
#define SWITCHYARD_SUMS_8 "%8, %9, %10, %11, %12, %13, %14, %15"
#define SWITCHYARD_SUMS_16 "%16, %17, %18, %19, %20, %21, %22, %23"
#define SWITCHYARD_SUMS_24 "%24, %25, %26, %27, %28, %29, %30, %31"
#define SWITCHYARD_SUMS_32 "%32, %33, %34, %35, %36, %37, %38, %39"
#define SWITCHYARD_SUMS_40 "%40, %41, %42, %43, %44, %45, %46, %47"
#define SWITCHYARD_SUMS_48 "%48, %49, %50, %51, %52, %53, %54, %55"
#define SWITCHYARD_SUMS_56 "%56, %57, %58, %59, %60, %61, %62, %63"
#define SWITCHYARD_OUT_4(c, i) "+f"(c[i]), "+f"(c[i + 1]), "+f"(c[i + 2]), "+f"(c[i + 3])
#define SWITCHYARD_OUT_8(c, i) SWITCHYARD_OUT_4(c, i), SWITCHYARD_OUT_4(c, i + 4)
#define SWITCHYARD_OUT_16(c, i) SWITCHYARD_OUT_8(c, i), SWITCHYARD_OUT_8(c, i + 8)
#define SWITCHYARD_OUT_24(c, i) SWITCHYARD_OUT_16(c, i), SWITCHYARD_OUT_8(c, i + 16)
#define SWITCHYARD_OUT_32(c, i) SWITCHYARD_OUT_16(c, i), SWITCHYARD_OUT_16(c, i + 16)
#define SWITCHYARD_OUT_48(c, i) SWITCHYARD_OUT_32(c, i), SWITCHYARD_OUT_16(c, i + 32)
#define SWITCHYARD_OUT_64(c, i) SWITCHYARD_OUT_32(c, i), SWITCHYARD_OUT_32(c, i + 32)
#define SWITCHYARD_WGMMA(n, sums, a, b)                                      \
  "{.reg .pred p; setp.ne.b32 p, 1, 0; wgmma.mma_async.sync.aligned.m64n" #n \
  "k16.f32.bf16.bf16 {" sums "}, {" a "}, " b ", p, 1, 1, 0;}"
#endif

// Before the first operation on sums or registers of a that other instructions wrote.
SWITCHYARD_DEVICE void warpgroup_begin() {
#if defined(__NVPTX__)
  asm volatile("wgmma.fence.sync.aligned;" : : : "memory");
#endif
}

// c: kColumns / 2 sums.
template <unsigned kColumns>
SWITCHYARD_DEVICE void warpgroup_multiply_add(float* c, const std::uint32_t (&a)[4],
                                              std::uint64_t rows,
                                              [[maybe_unused]] int line = __builtin_LINE()) {
  static_assert(kColumns == 16 || kColumns == 32 || kColumns == 48 || kColumns == 64 ||
                kColumns == 96 || kColumns == 128);
#if defined(__NVPTX__)
  if constexpr (kColumns == 16) {
    asm volatile(SWITCHYARD_WGMMA(16, SWITCHYARD_SUMS_0, "%8, %9, %10, %11", "%12")
                 : SWITCHYARD_OUT_8(c, 0)
                 : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "l"(rows));
  } else if constexpr (kColumns == 32) {
    asm volatile(
        SWITCHYARD_WGMMA(32, SWITCHYARD_SUMS_0 ", " SWITCHYARD_SUMS_8, "%16, %17, %18, %19", "%20")
        : SWITCHYARD_OUT_16(c, 0)
        : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "l"(rows));
  } else if constexpr (kColumns == 48) {
    asm volatile(
        SWITCHYARD_WGMMA(48, SWITCHYARD_SUMS_0 ", " SWITCHYARD_SUMS_8 ", " SWITCHYARD_SUMS_16,
                         "%24, %25, %26, %27", "%28")
        : SWITCHYARD_OUT_24(c, 0)
        : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "l"(rows));
  } else if constexpr (kColumns == 64) {
    asm volatile(SWITCHYARD_WGMMA(64,
                                  SWITCHYARD_SUMS_0 ", " SWITCHYARD_SUMS_8 ", " SWITCHYARD_SUMS_16
                                                    ", " SWITCHYARD_SUMS_24,
                                  "%32, %33, %34, %35", "%36")
                 : SWITCHYARD_OUT_32(c, 0)
                 : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "l"(rows));
  } else if constexpr (kColumns == 96) {
    asm volatile(SWITCHYARD_WGMMA(96,
                                  SWITCHYARD_SUMS_0 ", " SWITCHYARD_SUMS_8 ", " SWITCHYARD_SUMS_16
                                                    ", " SWITCHYARD_SUMS_24 ", " SWITCHYARD_SUMS_32
                                                    ", " SWITCHYARD_SUMS_40,
                                  "%48, %49, %50, %51", "%52")
                 : SWITCHYARD_OUT_48(c, 0)
                 : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "l"(rows));
  } else if constexpr (kColumns == 128) {
    asm volatile(SWITCHYARD_WGMMA(128,
                                  SWITCHYARD_SUMS_0 ", " SWITCHYARD_SUMS_8 ", " SWITCHYARD_SUMS_16
                                                    ", " SWITCHYARD_SUMS_24 ", " SWITCHYARD_SUMS_32
                                                    ", " SWITCHYARD_SUMS_40 ", " SWITCHYARD_SUMS_48
                                                    ", " SWITCHYARD_SUMS_56,
                                  "%64, %65, %66, %67", "%68")
                 : SWITCHYARD_OUT_64(c, 0)
                 : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "l"(rows));
  }
#else
  host::matrix({host::Matrix::wgmma_m64k16_bf16, a, nullptr, c, {}, {rows, kColumns}}, line);
#endif
}

SWITCHYARD_DEVICE void warpgroup_commit() {
#if defined(__NVPTX__)
  asm volatile("wgmma.commit_group.sync.aligned;" : : : "memory");
#else
  host::commit_matrix();
#endif
}

//
// Waits of different kPlace are never made one. Where two branches end with the same wait, the
// compiler would else have it once behind them, and in front of it move the sums of either branch
// into the same registers; the compiler of PTX then lets matrix instructions wait for one another
// (its C7515).
template <unsigned kUnderWay, unsigned kPlace = 0>
SWITCHYARD_DEVICE void warpgroup_wait([[maybe_unused]] int line = __builtin_LINE()) {
#if defined(__NVPTX__)
  asm volatile("wgmma.wait_group.sync.aligned %0; // %1"
               :
               : "n"(kUnderWay), "n"(kPlace)
               : "memory");
#else
  host::wait_matrix(kUnderWay, line);
#endif
}

// After the wait for the last operation on c, before c is read: the compiler does not know that the
// two have to do with one another.
template <unsigned kSums>
SWITCHYARD_DEVICE void warpgroup_settle([[maybe_unused]] float (&c)[kSums]) {
#if defined(__NVPTX__)
#pragma unroll
  for (unsigned i = 0; i < kSums; ++i) asm volatile("" : "+f"(c[i]) : : "memory");
#endif
}

}  // namespace switchyard::kernels::device::inline SWITCHYARD_MODEL
#endif
