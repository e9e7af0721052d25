#include "runtime/bench/ceilings/x86_loops.h"

#ifdef __x86_64__

namespace switchyard::bench {
namespace {

// Two bf16 of 1, about 1 as a float, and bytes of either sign: no zeros, which take less power and
// let a processor clock higher than real operands do.
constexpr std::uint32_t kOperand = 0x3F803F80;

// Sums in registers 0 .. 14, the operand of both sides in register 15.
#define SWITCHYARD_SUMS(SUM)                                                                   \
  SUM("0")                                                                                     \
  SUM("1")                                                                                     \
  SUM("2")                                                                                     \
  SUM("3") SUM("4") SUM("5") SUM("6") SUM("7") SUM("8") SUM("9") SUM("10") SUM("11") SUM("12") \
      SUM("13") SUM("14")
constexpr int kSums = 15;

#define SWITCHYARD_VECTOR_REGISTERS                                                        \
  "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", \
      "xmm11", "xmm12", "xmm13", "xmm14", "xmm15"

#define SWITCHYARD_PRODUCTS(FUNCTION, WIDTH, INSTRUCTION)                            \
  void FUNCTION(std::uint64_t steps) {                                               \
    asm volatile(                                                                    \
        "vzeroall\n\t"                                                               \
        "vbroadcastss %[operand], %%" WIDTH                                          \
        "15\n\t"                                                                     \
        ".p2align 5\n"                                                               \
        "1:\n\t" SWITCHYARD_SUMS(INSTRUCTION) "dec %[steps]\n\tjnz 1b\n\tvzeroupper" \
        : [steps] "+r"(steps)                                                        \
        : [operand] "m"(kOperand)                                                    \
        : "cc", SWITCHYARD_VECTOR_REGISTERS);                                        \
  }

#define SWITCHYARD_FMA256(SUM) "vfmadd231ps %%ymm15, %%ymm15, %%ymm" SUM "\n\t"
#define SWITCHYARD_FMA512(SUM) "vfmadd231ps %%zmm15, %%zmm15, %%zmm" SUM "\n\t"
#define SWITCHYARD_BF16(SUM) "vdpbf16ps %%zmm15, %%zmm15, %%zmm" SUM "\n\t"
#define SWITCHYARD_VNNI256(SUM) "%{vex%} vpdpbusd %%ymm15, %%ymm15, %%ymm" SUM "\n\t"
#define SWITCHYARD_VNNI512(SUM) "vpdpbusd %%zmm15, %%zmm15, %%zmm" SUM "\n\t"
SWITCHYARD_PRODUCTS(fma256, "ymm", SWITCHYARD_FMA256)
SWITCHYARD_PRODUCTS(fma512, "zmm", SWITCHYARD_FMA512)
SWITCHYARD_PRODUCTS(vdpbf16ps512, "zmm", SWITCHYARD_BF16)
SWITCHYARD_PRODUCTS(vpdpbusd256, "ymm", SWITCHYARD_VNNI256)
SWITCHYARD_PRODUCTS(vpdpbusd512, "zmm", SWITCHYARD_VNNI512)

// Palette 1, eight tiles of 16 rows of 64 bytes (Intel SDM, volume 1, "Intel AMX").
struct alignas(64) TileConfiguration {
  std::uint8_t palette = 1, start_row = 0, reserved[14] = {};
  std::uint16_t row_bytes[16] = {64, 64, 64, 64, 64, 64, 64, 64};
  std::uint8_t rows[16] = {16, 16, 16, 16, 16, 16, 16, 16};
};
static_assert(sizeof(TileConfiguration) == 64);

// Four sums of 16 x 16 and two tiles of each side: the blocking that uses all eight tiles. Tiles
// are released at the end, as the calling convention wants them.
#define SWITCHYARD_TILE_PRODUCTS(FUNCTION, INSTRUCTION)                                     \
  void FUNCTION(std::uint64_t steps) {                                                      \
    const TileConfiguration configuration;                                                  \
    alignas(64) std::uint32_t operand[16 * 16];                                             \
    for (std::uint32_t & value : operand) value = kOperand;                                 \
    asm volatile(                                                                           \
        "ldtilecfg %[configuration]\n\t"                                                    \
        "tilezero %%tmm0\n\ttilezero %%tmm1\n\ttilezero %%tmm2\n\ttilezero %%tmm3\n\t"      \
        "tileloadd (%[operand],%[stride],1), %%tmm4\n\t"                                    \
        "tileloadd (%[operand],%[stride],1), %%tmm5\n\t"                                    \
        "tileloadd (%[operand],%[stride],1), %%tmm6\n\t"                                    \
        "tileloadd (%[operand],%[stride],1), %%tmm7\n\t"                                    \
        ".p2align 5\n"                                                                      \
        "1:\n\t" INSTRUCTION " %%tmm6, %%tmm4, %%tmm0\n\t" INSTRUCTION                      \
        " %%tmm7, %%tmm4, %%tmm1\n\t" INSTRUCTION " %%tmm6, %%tmm5, %%tmm2\n\t" INSTRUCTION \
        " %%tmm7, %%tmm5, %%tmm3\n\tdec %[steps]\n\tjnz 1b\n\ttilerelease"                  \
        : [steps] "+r"(steps)                                                               \
        : [configuration] "m"(configuration), [operand] "r"(operand),                       \
          [stride] "r"(std::uint64_t{64})                                                   \
        : "cc", "memory");                                                                  \
  }
SWITCHYARD_TILE_PRODUCTS(tdpbf16ps, "tdpbf16ps")
SWITCHYARD_TILE_PRODUCTS(tdpbssd, "tdpbssd")
constexpr double kTileSums = 4 * 16 * 16;

// Four streams, which the prefetchers of a core follow at the same time.
#define SWITCHYARD_READ(FUNCTION, WIDTH, LINE)                                     \
  void FUNCTION(const void* from, std::size_t bytes) {                             \
    const std::size_t stream = bytes / 4;                                          \
    const void* const end = static_cast<const char*>(from) + stream;               \
    asm volatile(                                                                  \
        ".p2align 5\n"                                                             \
        "1:\n\t" LINE "add $64, %[at]\n\tcmp %[end], %[at]\n\tjb 1b\n\tvzeroupper" \
        : [at] "+r"(from)                                                          \
        : [end] "r"(end), [one] "r"(stream), [three] "r"(3 * stream)               \
        : "cc", "memory", SWITCHYARD_VECTOR_REGISTERS);                            \
  }
#define SWITCHYARD_READ_LINE(INSTRUCTION, WIDTH, OFFSET)                                  \
  INSTRUCTION " " OFFSET "(%[at]), %%" WIDTH "0, %%" WIDTH "0\n\t" INSTRUCTION " " OFFSET \
              "(%[at],%[one]), %%" WIDTH "1, %%" WIDTH "1\n\t" INSTRUCTION " " OFFSET     \
              "(%[at],%[one],2), %%" WIDTH "2, %%" WIDTH "2\n\t" INSTRUCTION " " OFFSET   \
              "(%[at],%[three]), %%" WIDTH "3, %%" WIDTH "3\n\t"
SWITCHYARD_READ(read256, "ymm",
                SWITCHYARD_READ_LINE("vorps", "ymm", "0")
                    SWITCHYARD_READ_LINE("vorps", "ymm", "32"))
SWITCHYARD_READ(read512, "zmm", SWITCHYARD_READ_LINE("vpord", "zmm", "0"))

}  // namespace

const ProductLoop kFma256 = {"vfmadd231ps, 256 bits", Operands::f32, 2.0 * kSums * 8, fma256};
const ProductLoop kFma512 = {"vfmadd231ps, 512 bits", Operands::f32, 2.0 * kSums * 16, fma512};
const ProductLoop kVdpbf16ps512 = {"vdpbf16ps, 512 bits", Operands::bf16, 2.0 * kSums * 32,
                                   vdpbf16ps512};
const ProductLoop kVpdpbusd256 = {"vpdpbusd, 256 bits", Operands::int8, 2.0 * kSums * 32,
                                  vpdpbusd256};
const ProductLoop kVpdpbusd512 = {"vpdpbusd, 512 bits", Operands::int8, 2.0 * kSums * 64,
                                  vpdpbusd512};
const ProductLoop kTdpbf16ps = {"tdpbf16ps, tiles", Operands::bf16, 2.0 * kTileSums * 32,
                                tdpbf16ps};
const ProductLoop kTdpbssd = {"tdpbssd, tiles", Operands::int8, 2.0 * kTileSums * 64, tdpbssd};
const ReadLoop kRead256 = {"256 bits", read256};
const ReadLoop kRead512 = {"512 bits", read512};

}  // namespace switchyard::bench

#endif
