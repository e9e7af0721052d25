#include "runtime/bench/ceilings/loops.h"

#include <vector>

#include "runtime/bench/ceilings/x86_loops.h"

#ifdef __x86_64__
#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace switchyard::bench {
namespace {

// What every processor of an architecture has: a product, then a sum, four floats wide.
using Four = float __attribute__((vector_size(16)));
constexpr int kSums = 12;

void multiply(std::uint64_t steps) {
  Four sums[kSums] = {};
  float factor = 1;
  asm volatile("" : "+m"(factor));  // so that the compiler does not know it
  const Four factors = {factor, factor, factor, factor};
  for (std::uint64_t step = 0; step < steps; ++step) {
#pragma GCC unroll 12
    for (int i = 0; i < kSums; ++i) sums[i] = sums[i] * factors + factors;
  }
  for (int i = 1; i < kSums; ++i) sums[0] += sums[i];
  asm volatile("" : : "m"(sums[0]));
}

void read(const void* from, std::size_t bytes) {
  const auto* const words = static_cast<const std::uint64_t*>(from);
  std::uint64_t sums[8] = {};
  for (std::size_t i = 0; i < bytes / sizeof(std::uint64_t); i += 8) {
    for (std::size_t j = 0; j < 8; ++j) sums[j] += words[i + j];
  }
  asm volatile("" : : "r"(sums) : "memory");
}

constexpr ProductLoop kPortableProducts = {"products and sums, 128 bits", Operands::f32,
                                           2.0 * kSums * 4, multiply};
constexpr ReadLoop kPortableRead = {"64 bits", read};

#ifdef __x86_64__
// CPUID leaf 7 (Intel SDM, volume 2): what __builtin_cpu_supports does not know in g++ 12.
struct Tiles {
  bool bf16 = false, int8 = false;
};
Tiles tiles() {
  unsigned a = 0, b = 0, c = 0, d = 0;
  if (__get_cpuid_count(7, 0, &a, &b, &c, &d) == 0 || (d >> 24 & 1) == 0) return {};
  // Linux lets a process use the tiles' state once it has asked for it: arch/x86/xstate.rst.
  constexpr long kRequestPermission = 0x1023, kTileData = 18;
  if (::syscall(SYS_arch_prctl, kRequestPermission, kTileData) != 0) return {};
  return {(d >> 22 & 1) != 0, (d >> 25 & 1) != 0};
}

bool has_avx_vnni() {
  unsigned a = 0, b = 0, c = 0, d = 0;
  return __builtin_cpu_supports("avx2") != 0 && __get_cpuid_count(7, 1, &a, &b, &c, &d) != 0 &&
         (a >> 4 & 1) != 0;
}

bool has_fma() { return __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0; }
#endif

std::vector<ProductLoop> make_product_loops() {
  std::vector<ProductLoop> loops = {kPortableProducts};
#ifdef __x86_64__
  if (has_fma()) loops.push_back(kFma256);
  if (has_avx_vnni()) loops.push_back(kVpdpbusd256);
  if (__builtin_cpu_supports("avx512f") != 0) loops.push_back(kFma512);
  if (__builtin_cpu_supports("avx512bf16") != 0) loops.push_back(kVdpbf16ps512);
  if (__builtin_cpu_supports("avx512vnni") != 0) loops.push_back(kVpdpbusd512);
  const Tiles has = tiles();
  if (has.bf16) loops.push_back(kTdpbf16ps);
  if (has.int8) loops.push_back(kTdpbssd);
#endif
  return loops;
}

std::vector<ReadLoop> make_read_loops() {
  std::vector<ReadLoop> loops = {kPortableRead};
#ifdef __x86_64__
  if (__builtin_cpu_supports("avx2") != 0) loops.push_back(kRead256);
  if (__builtin_cpu_supports("avx512f") != 0) loops.push_back(kRead512);
#endif
  return loops;
}

}  // namespace

std::span<const ProductLoop> product_loops() {
  static const std::vector<ProductLoop> loops = make_product_loops();
  return loops;
}

std::span<const ReadLoop> read_loops() {
  static const std::vector<ReadLoop> loops = make_read_loops();
  return loops;
}

}  // namespace switchyard::bench
