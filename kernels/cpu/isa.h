#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// The instruction sets that the inner products are written for, narrowest first.
namespace switchyard::kernels::cpu {

enum class Isa : std::uint8_t {
  portable,     // whatever every processor of the build's architecture has
  avx2,         // AVX2 and FMA, 8 floats
  avx512,       // AVX-512 F, BW, DQ, VL, 16 floats
  avx512_bf16,  // and AVX512_BF16 and AVX512_VNNI: pairs of bf16, fours of int8
  amx,          // and AMX tiles of bf16
};
inline constexpr Isa kIsas[] = {Isa::portable, Isa::avx2, Isa::avx512, Isa::avx512_bf16, Isa::amx};

std::string_view name_of(Isa isa);
std::optional<Isa> isa_named(std::string_view name);

// Whether this build, this processor and this operating system have it. `portable` always. Asks
// Linux for AMX's tiles at the first call; thread-safe.
bool available(Isa isa);

// The widest available one.
Isa best_isa();

// "portable, avx2, avx512": those available, for messages.
std::string available_isas();

}  // namespace switchyard::kernels::cpu
