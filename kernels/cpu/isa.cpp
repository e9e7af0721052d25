#include "kernels/cpu/isa.h"

#if defined(SWITCHYARD_X86) && defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>
#endif
#ifdef SWITCHYARD_X86
#include <cpuid.h>
#endif

namespace switchyard::kernels::cpu {
namespace {

#ifdef SWITCHYARD_X86
// CPUID.(7, 0):EDX bits 22 AMX-BF16 and 24 AMX-TILE (Intel SDM vol. 2A). g++ 12's
// __builtin_cpu_supports has no names for them.
bool processor_has_amx() {
  unsigned a = 0, b = 0, c = 0, d = 0;
  return __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 && (d & (1u << 22)) != 0 &&
         (d & (1u << 24)) != 0;
}

// Linux gives the 8 KiB of tile state to a process that asks (arch_prctl, Linux 5.16).
bool tiles_granted() {
#ifdef __linux__
  constexpr long kRequestPermission = 0x1023, kTileData = 18;
  return processor_has_amx() && syscall(SYS_arch_prctl, kRequestPermission, kTileData) == 0;
#else
  return false;
#endif
}
#endif

}  // namespace

std::string_view name_of(Isa isa) {
  switch (isa) {
    case Isa::portable:
      return "portable";
    case Isa::avx2:
      return "avx2";
    case Isa::avx512:
      return "avx512";
    case Isa::avx512_bf16:
      return "avx512_bf16";
    case Isa::amx:
      return "amx";
  }
  return "";
}

std::optional<Isa> isa_named(std::string_view name) {
  for (const Isa isa : kIsas) {
    if (name_of(isa) == name) return isa;
  }
  return std::nullopt;
}

bool available([[maybe_unused]] Isa isa) {
#ifdef SWITCHYARD_X86
  switch (isa) {
    case Isa::portable:
      return true;
    case Isa::avx2:
      return __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0 &&
             __builtin_cpu_supports("bmi2") != 0;
    case Isa::avx512:
      return available(Isa::avx2) && __builtin_cpu_supports("avx512f") != 0 &&
             __builtin_cpu_supports("avx512bw") != 0 && __builtin_cpu_supports("avx512dq") != 0 &&
             __builtin_cpu_supports("avx512cd") != 0 && __builtin_cpu_supports("avx512vl") != 0;
    case Isa::avx512_bf16:
      return available(Isa::avx512) && __builtin_cpu_supports("avx512bf16") != 0 &&
             __builtin_cpu_supports("avx512vnni") != 0;
    case Isa::amx: {
      static const bool granted = tiles_granted();
      return available(Isa::avx512_bf16) && granted;
    }
  }
#endif
  return isa == Isa::portable;
}

Isa best_isa() {
  Isa best = Isa::portable;
  for (const Isa isa : kIsas) {
    if (available(isa)) best = isa;
  }
  return best;
}

std::string available_isas() {
  std::string names;
  for (const Isa isa : kIsas) {
    if (available(isa)) names += (names.empty() ? "" : ", ") + std::string(name_of(isa));
  }
  return names;
}

}  // namespace switchyard::kernels::cpu
