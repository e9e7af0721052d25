#pragma once

#include "kernels/device/vocabulary/fragment.h"
#include "kernels/mx/element.h"

// The scaled tile operation of gfx950: c [16, 16] += a [16, 128] b [16, 128]^T, each operand fp4, fp6 or
// fp8 with an e8m0 scale a block of 32, by v_mfma_scale_f32_16x16x128_f8f6f4.
//
// Lane l gives row l % 16. fp4 and fp6: block l / 16, 32 contiguous codes in four or six registers. fp8:
// k = 16 (l / 16) .. + 15 in four registers, and 64 on from there in another four. The lane's scale is that
// of block l / 16 of its row, in any format. Sums as in fragment.h.
#if defined(SWITCHYARD_GFX950)
namespace switchyard::kernels::device::inline SWITCHYARD_MODEL {

inline constexpr unsigned kScaledDepth = 128;

struct ScaledOperand {
  std::uint32_t words[8];
  std::uint32_t scale;  // e8m0
};

// The instruction's number of an element format.
template <typename Format>
inline constexpr int kScaledFormat = Format::bits == 8            ? 0
                                     : Format::bits == 4          ? 4
                                     : Format::exponent_bits == 2 ? 2
                                                                  : 3;

#if defined(__AMDGCN__)
typedef int Int8 __attribute__((ext_vector_type(8)));

SWITCHYARD_DEVICE Int8 registers_of(const ScaledOperand& operand) {
  Int8 result;
#pragma unroll
  for (unsigned i = 0; i < 8; ++i) result[i] = static_cast<int>(operand.words[i]);
  return result;
}
#endif

template <typename A, typename B>
SWITCHYARD_DEVICE void multiply_add_scaled(Sums& c, const ScaledOperand& a,
                                           const ScaledOperand& b) {
#if defined(__AMDGCN__)
  Float4 sums = {c.at[0], c.at[1], c.at[2], c.at[3]};
  sums = __builtin_amdgcn_mfma_scale_f32_16x16x128_f8f6f4(
      registers_of(a), registers_of(b), sums, kScaledFormat<A>, kScaledFormat<B>, 0,
      static_cast<int>(a.scale), 0, static_cast<int>(b.scale));
#pragma unroll
  for (unsigned i = 0; i < 4; ++i) c.at[i] = sums[i];
#else
  host::matrix({host::Matrix::mfma_scale_16x16x128_f8f6f4,
                a.words,
                b.words,
                c.at,
                {static_cast<host::ScaledFormat>(kScaledFormat<A>),
                 static_cast<host::ScaledFormat>(kScaledFormat<B>),
                 static_cast<std::uint8_t>(a.scale), static_cast<std::uint8_t>(b.scale)}},
               __LINE__);
#endif
}

}  // namespace switchyard::kernels::device::inline SWITCHYARD_MODEL
#endif
