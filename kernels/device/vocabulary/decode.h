#pragma once

#include "kernels/device/fragment_layout.h"
#include "kernels/device/vocabulary/memory.h"
#include "kernels/device/vocabulary/thread.h"
#include "kernels/mx/bf16.h"
#include "kernels/mx/element.h"

// Packed weights in registers to bf16, a piece of a tile operation at a time.
//
// gfx950 has conversion instructions that apply the scale too. On gfx942 elements are decoded without their
// scale, which multiplies the tile's sums (a lane's sums are all of one column): fp4 by a table of eight
// bytes in v_perm, fp6 through floats. On sm_90a the bits of a code are put where a bf16 has exponent and
// fraction, which makes element * 2^(bias - 127); one bf16 product by 2^(scale - bias) then gives the
// scaled element. All are exact; a scaled element past bf16's range is open (mx::dequantise).
namespace switchyard::kernels::device::inline SWITCHYARD_MODEL {

#if defined(SWITCHYARD_GFX950) || defined(SWITCHYARD_SM_90)
inline constexpr bool kScaleTheSums = false;
#else
inline constexpr bool kScaleTheSums = true;
#endif

template <typename Format>
struct PackedPiece {
  std::uint32_t words[Format::bits];  // 32 codes (fragment_layout.h)
};

template <typename Format>
SWITCHYARD_DEVICE PackedPiece<Format> load_packed(const std::uint8_t* record, unsigned place) {
  PackedPiece<Format> result;
  const Piece first = load_piece(record + 16 * place);
#pragma unroll
  for (unsigned i = 0; i < 4; ++i) result.words[i] = first[i];
  if constexpr (Format::bits == 6) {
    const Words2 rest = *reinterpret_cast<const Words2*>(record + 1024 + 8 * place);
    result.words[4] = rest[0];
    result.words[5] = rest[1];
  }
  return result;
}

// 2^(code - 127) and NaN, as mx::decode_scale, without a branch: the bit that makes a NaN of an infinity
// makes 2^-127 of zero.
SWITCHYARD_DEVICE float scale_factor(std::uint32_t code) {
  const std::uint32_t end = ((code + 1) & 0xFEu) == 0 ? 0x00400000u : 0;
  return __builtin_bit_cast(float, code << 23 | end);
}

// mx::decode of fp4 or fp6, without a branch: a float whose exponent field is the code's, subnormal where
// the code is, times 2^(127 - bias).
template <typename Format>
SWITCHYARD_DEVICE float decode_element(std::uint32_t code) {
  constexpr std::uint32_t kMagnitude = (1u << (Format::bits - 1)) - 1;
  const float magnitude =
      __builtin_bit_cast(float, (code & kMagnitude) << (23 - Format::fraction_bits)) *
      mx::power_of_two(127 - Format::bias);
  return __builtin_bit_cast(float, __builtin_bit_cast(std::uint32_t, magnitude) |
                                       (code >> (Format::bits - 1) & 1u) << 31);
}

// The 12 bits of fp6 elements 8 q + 2 p and 8 q + 2 p + 1.
template <typename Format>
SWITCHYARD_DEVICE std::uint32_t pair_bits(const PackedPiece<Format>& piece, unsigned q, unsigned p) {
  const unsigned bit = 6 * (8 * q + 2 * p);
  const std::uint32_t low = piece.words[bit / 32];
  const std::uint32_t high = bit / 32 + 1 < Format::bits ? piece.words[bit / 32 + 1] : 0;
  return static_cast<std::uint32_t>(((std::uint64_t{high} << 32) | low) >> (bit % 32)) & 0xFFFu;
}

#if defined(SWITCHYARD_GFX950)

inline constexpr Fp4Order kFp4Order = Fp4Order::natural;
// A lane's 32 codes are one block: one scale, and one conversion of fp6.
inline constexpr Arrangement kArrangement = Arrangement::blocks;

#if defined(__AMDGCN__)
typedef std::uint32_t Words6 __attribute__((ext_vector_type(6)));
typedef __bf16 Bf16Block __attribute__((ext_vector_type(32)));
typedef std::uint32_t Words16 __attribute__((ext_vector_type(16)));
#endif

// Elements 8 q .. 8 q + 7 times `scale`, a power of two or NaN. The instructions take its exponent field as
// an e8m0 code, in which 2^-127, a subnormal float, is 0.
template <typename Format>
SWITCHYARD_DEVICE Piece decode_scaled(const PackedPiece<Format>& piece, unsigned q, float scale) {
#if defined(__AMDGCN__)
  if constexpr (Format::bits == 4) {
    const std::uint32_t word = piece.words[q];
    return Piece{__builtin_bit_cast(std::uint32_t,
                                    __builtin_amdgcn_cvt_scalef32_pk_bf16_fp4(word, scale, 0)),
                 __builtin_bit_cast(std::uint32_t,
                                    __builtin_amdgcn_cvt_scalef32_pk_bf16_fp4(word, scale, 1)),
                 __builtin_bit_cast(std::uint32_t,
                                    __builtin_amdgcn_cvt_scalef32_pk_bf16_fp4(word, scale, 2)),
                 __builtin_bit_cast(std::uint32_t,
                                    __builtin_amdgcn_cvt_scalef32_pk_bf16_fp4(word, scale, 3))};
  } else {
    // All 32 at once; the four calls for a piece become one instruction.
    const Words6 words = {piece.words[0], piece.words[1], piece.words[2],
                          piece.words[3], piece.words[4], piece.words[5]};
    Bf16Block block;
    if constexpr (Format::exponent_bits == 2) {
      block = __builtin_amdgcn_cvt_scalef32_pk32_bf16_fp6(words, scale);
    } else {
      block = __builtin_amdgcn_cvt_scalef32_pk32_bf16_bf6(words, scale);
    }
    const Words16 all = __builtin_bit_cast(Words16, block);
    return Piece{all[4 * q], all[4 * q + 1], all[4 * q + 2], all[4 * q + 3]};
  }
#else
  Piece result = zero_piece();
  for (unsigned i = 0; i < 8; ++i) {
    const unsigned code = Format::bits == 4 ? piece.words[q] >> (4 * i) & 0xF
                                            : pair_bits(piece, q, i / 2) >> (6 * (i % 2)) & 0x3F;
    const Bf16 value = mx::to_bf16(mx::decode<Format>(static_cast<std::uint8_t>(code)) * scale);
    result[i / 2] |= std::uint32_t{value.bits} << (16 * (i % 2));
  }
  return result;
#endif
}

#elif !defined(SWITCHYARD_SM_90)

inline constexpr Fp4Order kFp4Order = Fp4Order::bytes;
inline constexpr Arrangement kArrangement = Arrangement::runs;

// Byte i of the result is byte selector[i], 0 .. 7, of low (0 .. 3) and high (4 .. 7).
SWITCHYARD_DEVICE std::uint32_t select_bytes(std::uint32_t high, std::uint32_t low,
                                             std::uint32_t selector) {
#if defined(__AMDGCN__)
  return __builtin_amdgcn_perm(high, low, selector);
#else
  const std::uint64_t bytes = (std::uint64_t{high} << 32) | low;
  std::uint32_t result = 0;
  for (unsigned i = 0; i < 32; i += 8) {
    result |= static_cast<std::uint32_t>(bytes >> (8 * ((selector >> i) & 7u)) & 0xFFu) << i;
  }
  return result;
#endif
}

// Elements 8 q .. 8 q + 7, without their scale.
template <typename Format>
SWITCHYARD_DEVICE Piece decode(const PackedPiece<Format>& piece, unsigned q) {
  Piece result;
  if constexpr (Format::bits == 4) {
    // The bytes of the bf16 of 0, 0.5, 1, 1.5, 2, 3, 4, 6.
    constexpr std::uint32_t kHighBytes[2] = {0x3F3F3F00u, 0x40404040u};
    constexpr std::uint32_t kLowBytes[2] = {0xC0800000u, 0xC0804000u};
#pragma unroll
    for (unsigned half = 0; half < 2; ++half) {
      const std::uint32_t codes = piece.words[q] >> (4 * half);
      const std::uint32_t magnitudes = codes & 0x07070707u;
      const std::uint32_t high = select_bytes(kHighBytes[1], kHighBytes[0], magnitudes) |
                                 ((codes & 0x08080808u) << 4);
      const std::uint32_t low = select_bytes(kLowBytes[1], kLowBytes[0], magnitudes);
      result[2 * half] = select_bytes(high, low, 0x05010400u);
      result[2 * half + 1] = select_bytes(high, low, 0x07030602u);
    }
  } else {
    constexpr float kUnbias = mx::power_of_two(127 - Format::bias);
#pragma unroll
    for (unsigned p = 0; p < 4; ++p) {
      const std::uint32_t bits = pair_bits(piece, q, p);
      // A float whose exponent field is the code's: subnormal where the code is.
      const auto first = __builtin_bit_cast(float, (bits & 0x1Fu) << (23 - Format::fraction_bits));
      const auto second =
          __builtin_bit_cast(float, (bits >> 6 & 0x1Fu) << (23 - Format::fraction_bits));
      result[p] = select_bytes(__builtin_bit_cast(std::uint32_t, second * kUnbias),
                               __builtin_bit_cast(std::uint32_t, first * kUnbias), 0x07060302u) |
                  (bits & 0x20u) << 10 | (bits & 0x800u) << 20;
    }
  }
  return result;
}

#else

inline constexpr Fp4Order kFp4Order = Fp4Order::scattered;
inline constexpr Arrangement kArrangement = Arrangement::steps;

// Two bf16 products; exact here, or infinite.
SWITCHYARD_DEVICE std::uint32_t multiply_pairs(std::uint32_t a, std::uint32_t b) {
#if defined(__NVPTX__)
  std::uint32_t result;
  asm("mul.rn.bf16x2 %0, %1, %2;" : "=r"(result) : "r"(a), "r"(b));
  return result;
#else
  std::uint32_t result = 0;
  for (unsigned i = 0; i < 32; i += 16) {
    const float product = mx::to_float({static_cast<std::uint16_t>(a >> i)}) *
                          mx::to_float({static_cast<std::uint16_t>(b >> i)});
    result |= std::uint32_t{mx::to_bf16(product).bits} << i;
  }
  return result;
#endif
}

// The bf16 of elements 8 q + 2 p and 8 q + 2 p + 1, times 2^(bias - 127).
template <typename Format>
SWITCHYARD_DEVICE std::uint32_t place_pair(const PackedPiece<Format>& piece, unsigned q, unsigned p) {
  if constexpr (Format::bits == 4) {  // Fp4Order::scattered
    // Three pairs are bf16 but for a rotation; of the last, one product moves the fraction and the low bit
    // of the exponent by 3, its high bit by 8 and the sign by 14, and no carry meets what the mask keeps.
    constexpr std::uint32_t kBf16 = 0x81C081C0u;
    const std::uint32_t word = piece.words[q];
    if (p < 3) return __builtin_rotateright32(word, 3 * p) & kBf16;
    return (word & 0x001B001Bu) * 0x4108u & kBf16;
  } else {
    constexpr unsigned kShift = 7 - Format::fraction_bits;  // the fraction's top is a bf16's
    constexpr unsigned kMagnitude = ((1u << (Format::bits - 1)) - 1) * 0x00010001u << kShift;
    const std::uint32_t bits = pair_bits(piece, q, p);
    const std::uint32_t apart = bits | bits << 10;
    return (apart << 10 & 0x80008000u) | (apart << kShift & kMagnitude);
  }
}

// Scales up to this make one finite bf16 factor, 2^127; larger ones, and NaN, need decode_scaled.
template <typename Format>
inline constexpr std::uint32_t kLargestSmallScale = 127 + Format::bias;

// As decode_scaled, where no scale is larger than that.
template <typename Format>
SWITCHYARD_DEVICE Piece decode_small_scaled(const PackedPiece<Format>& piece, unsigned q,
                                            std::uint32_t scales) {
  const std::uint32_t scale = scales >> (8 * q) & 0xFFu;
  const std::uint32_t factor = (scale + (127 - Format::bias)) * 0x00800080u;
  Piece result;
#pragma unroll
  for (unsigned p = 0; p < 4; ++p) result[p] = multiply_pairs(place_pair(piece, q, p), factor);
  return result;
}

// Elements 8 q .. 8 q + 7 times their scale, byte q of `scales`.
template <typename Format>
SWITCHYARD_DEVICE Piece decode_scaled(const PackedPiece<Format>& piece, unsigned q,
                                      std::uint32_t scales) {
  constexpr std::uint32_t kLargest = kLargestSmallScale<Format>;
  const std::uint32_t scale = scales >> (8 * q) & 0xFFu;
  const std::uint32_t small = scale < kLargest ? scale : kLargest;
  const std::uint32_t factor = (small + (127 - Format::bias)) * 0x00800080u;
  Piece result;
#pragma unroll
  for (unsigned p = 0; p < 4; ++p) result[p] = multiply_pairs(place_pair(piece, q, p), factor);
  if (scale > kLargest) {  // such weights are 2 and more
    const std::uint32_t rest =
        scale == 0xFFu ? 0x7FC07FC0u : (scale - kLargest + 127) * 0x00800080u;
#pragma unroll
    for (unsigned p = 0; p < 4; ++p) {
      const std::uint32_t pair = result[p];
      result[p] = multiply_pairs(pair, rest);
    }
  }
  return result;
}

#endif

}  // namespace switchyard::kernels::device::inline SWITCHYARD_MODEL
