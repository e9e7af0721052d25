#include "runtime/bench/ceilings/loops.h"

#include <vector>

#include "kernels/cpu/isa.h"
#include "runtime/bench/ceilings/x86_loops.h"

#ifdef __x86_64__
#include <cpuid.h>
#endif

namespace switchyard::bench {
namespace {

using kernels::cpu::available;
using kernels::cpu::Isa;

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
// What no instruction set of the kernels stands for (Intel SDM, volume 2, CPUID leaf 7): the VEX
// form of VNNI, and tiles of bytes. g++ 12's __builtin_cpu_supports has no names for them.
bool has_avx_vnni() {
  unsigned a = 0, b = 0, c = 0, d = 0;
  return available(Isa::avx2) && __get_cpuid_count(7, 1, &a, &b, &c, &d) != 0 && (a >> 4 & 1) != 0;
}
bool has_int8_tiles() {
  unsigned a = 0, b = 0, c = 0, d = 0;
  return available(Isa::amx) && __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 && (d >> 25 & 1) != 0;
}
#endif

std::vector<ProductLoop> make_product_loops() {
  std::vector<ProductLoop> loops = {kPortableProducts};
#ifdef __x86_64__
  if (available(Isa::avx2)) loops.push_back(kFma256);
  if (has_avx_vnni()) loops.push_back(kVpdpbusd256);
  if (available(Isa::avx512)) loops.push_back(kFma512);
  if (__builtin_cpu_supports("avx512bf16") != 0) loops.push_back(kVdpbf16ps512);
  if (__builtin_cpu_supports("avx512vnni") != 0) loops.push_back(kVpdpbusd512);
  if (available(Isa::amx)) loops.push_back(kTdpbf16ps);
  if (has_int8_tiles()) loops.push_back(kTdpbssd);
#endif
  return loops;
}

std::vector<ReadLoop> make_read_loops() {
  std::vector<ReadLoop> loops = {kPortableRead};
#ifdef __x86_64__
  if (available(Isa::avx2)) loops.push_back(kRead256);
  if (available(Isa::avx512)) loops.push_back(kRead512);
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
