#include "kernels/cpu/products.h"

namespace switchyard::kernels::cpu {

extern const Products kPortableProducts;
#ifdef SWITCHYARD_X86
extern const Products kAvx2Products;
extern const Products kAvx512Products;
#endif

std::string_view name_of(Isa isa) {
  switch (isa) {
    case Isa::portable:
      return "portable";
    case Isa::avx2:
      return "avx2";
    case Isa::avx512:
      return "avx512";
  }
  return "";
}

bool available(Isa isa) {
#ifdef SWITCHYARD_X86
  if (isa == Isa::avx512)
    return __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512bw") != 0 &&
           __builtin_cpu_supports("avx512vl") != 0;
  if (isa == Isa::avx2) {
    return __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0;
  }
#endif
  return isa == Isa::portable;
}

Isa best_isa() {
  if (available(Isa::avx512)) return Isa::avx512;
  if (available(Isa::avx2)) return Isa::avx2;
  return Isa::portable;
}

const Products& products([[maybe_unused]] Isa isa) {
#ifdef SWITCHYARD_X86
  if (isa == Isa::avx512) return kAvx512Products;
  if (isa == Isa::avx2) return kAvx2Products;
#endif
  return kPortableProducts;
}

}  // namespace switchyard::kernels::cpu
