// The inner products in float with Highway, compiled once an instruction set by products_*.cpp,
// which define SWITCHYARD_PRODUCTS, and SWITCHYARD_ACTIVATE for a name of `activate` that another
// source uses. Highway's functions are inlined, and in a namespace of their own for each set.
#include <hwy/contrib/math/math-inl.h>
#include <hwy/highway.h>

#include <type_traits>

#include "kernels/cpu/products.h"

namespace switchyard::kernels::cpu {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

using Floats = hn::CappedTag<float, kPanelRows>;
using Words = hn::Rebind<std::uint32_t, Floats>;
using Float = hn::Vec<Floats>;
using Word = hn::Vec<Words>;
constexpr std::size_t kLanes = hn::MaxLanes(Floats());
static_assert(kPanelRows % kLanes == 0);

// Rows of activations that share a decoded register: two sums and a total each, of 16 registers, or
// of 32.
constexpr std::size_t kRegisterRows = kLanes >= 16 ? 6 : 3;

// An element's float from its code in the low bits, others ignored.
template <int kExponentBits, int kFractionBits, int kBias>
struct Decoder {
  static constexpr int kBits = 1 + kExponentBits + kFractionBits;
  HWY_INLINE Float operator()(Word code) const {
    const Floats floats;
    const Words words;
    // The magnitude's bits where a float has them: (1 + f) 2^(e - bias) for e > 0. For e = 0 that
    // is (1 + f) 2^-bias instead of f 2^(1 - bias): doubled, 2^(1 - bias) too much.
    const Word magnitude = hn::And(code, hn::Set(words, (1u << (kBits - 1)) - 1));
    const Float value = hn::BitCast(
        floats, hn::Add(hn::ShiftLeft<23 - kFractionBits>(magnitude),
                        hn::Set(words, static_cast<std::uint32_t>(127 - kBias) << 23)));
    const Float least = hn::Set(floats, kBias == 1 ? 1.0f : 0.25f);
    const auto subnormal = hn::Lt(value, least);
    const Float fixed = hn::IfThenElse(subnormal, hn::Sub(hn::Add(value, value), least), value);
    const Word sign = hn::ShiftLeft<32 - kBits>(hn::And(code, hn::Set(words, 1u << (kBits - 1))));
    return hn::Or(fixed, hn::BitCast(floats, sign));
  }
};

// fp4 by a register of values where a lookup takes all of it, or all but the sign.
constexpr float kFp4[16] = {0, 0.5f, 1, 1.5f, 2, 3, 4, 6, -0.0f, -0.5f, -1, -1.5f, -2, -3, -4, -6};

struct Fp4Lookup {
  Float values = hn::LoadU(Floats(), kFp4);
  HWY_INLINE Float operator()(Word code) const {
    const Words words;
    if constexpr (kLanes == 16) {
      const Word index = hn::And(code, hn::Set(words, 15));
      return hn::TableLookupLanes(values, hn::IndicesFromVec(Floats(), index));
    } else {
      const Word index = hn::And(code, hn::Set(words, 7));
      const Word sign = hn::ShiftLeft<28>(hn::And(code, hn::Set(words, 8)));
      return hn::Or(hn::TableLookupLanes(values, hn::IndicesFromVec(Floats(), index)),
                    hn::BitCast(Floats(), sign));
    }
  }
};
using Fp4Decoder = std::conditional_t<(kLanes >= 8), Fp4Lookup, Decoder<2, 1, 1>>;

template <WeightFormat kFormat>
struct Weights {
  const Panel& panel;
  std::size_t lane;  // of the panel's rows, the first

  HWY_INLINE Word load(const std::uint8_t* at) const {
    return hn::LoadU(Words(), reinterpret_cast<const std::uint32_t*>(at + 4 * lane));
  }
  // Calls pair(j, even, odd) with columns 8g + 2j and 8g + 2j + 1.
  template <typename Pair>
  HWY_INLINE void group(std::size_t b, std::size_t g, const Pair& pair) const {
    const std::uint8_t* block = panel.elements + b * block_bytes(kFormat);
    const Word low = load(block + g * kGroupBytes);
    if constexpr (kFormat == WeightFormat::mxfp4) {
      const Fp4Decoder decode;
      for (int j = 0; j < 4; ++j) {
        const Word shifted = hn::ShiftRightSame(low, 4 * j);
        pair(j, decode(shifted), decode(hn::ShiftRight<16>(shifted)));
      }
    } else {
      constexpr int kExponentBits = kFormat == WeightFormat::mxfp6_e3m2 ? 3 : 2;
      const Decoder<kExponentBits, 5 - kExponentBits, kExponentBits == 3 ? 3 : 1> decode;
      const Words words;
      const Word high = hn::ShiftRightSame(load(block + (4 + g / 2) * kGroupBytes),
                                           g % 2 == 0 ? 0 : 8);
      for (int j = 0; j < 4; ++j) {
        const Word four = hn::And(hn::ShiftRightSame(low, 4 * j), hn::Set(words, 0x000F000Fu));
        const Word two = hn::And(hn::ShiftRightSame(high, 2 * j), hn::Set(words, 0x00030003u));
        const Word code = hn::Or(four, hn::ShiftLeft<4>(two));
        pair(j, decode(code), decode(hn::ShiftRight<16>(code)));
      }
    }
  }
  HWY_INLINE Float scales(std::size_t b) const {
    const hn::Rebind<std::uint8_t, Floats> bytes;
    const Word codes =
        hn::PromoteTo(Words(), hn::LoadU(bytes, panel.scales + b * kPanelRows + lane));
    return hn::BitCast(Floats(), hn::ShiftLeft<23>(codes));
  }
  HWY_INLINE Float add(Float total, Float sum, std::size_t b, const Row& row) const {
    if (row.scales != nullptr) sum = hn::Mul(sum, hn::Set(Floats(), row.scales[b]));
    return hn::MulAdd(sum, scales(b), total);
  }
};

// A panel that was decoded to bf16.
struct Decoded {
  const std::uint16_t* values;
  std::size_t lane;

  template <typename Pair>
  HWY_INLINE void group(std::size_t b, std::size_t g, const Pair& pair) const {
    const Floats floats;
    const Words words;
    for (int j = 0; j < 4; ++j) {
      const std::size_t at = ((b * 4 + g) * 4 + static_cast<std::size_t>(j)) * kPanelRows + lane;
      const Word both = hn::LoadU(words, reinterpret_cast<const std::uint32_t*>(values) + at);
      pair(j, hn::BitCast(floats, hn::ShiftLeft<16>(both)),
           hn::BitCast(floats, hn::And(both, hn::Set(words, 0xFFFF0000u))));
    }
  }
  HWY_INLINE Float add(Float total, Float sum, std::size_t, const Row&) const {
    return hn::Add(total, sum);
  }
};

template <std::size_t kRows, typename W>
HWY_INLINE void rows_of(std::size_t blocks, const Row* rows, float* out, const W& weights) {
  const Floats floats;
  Float total[kRows], even[kRows], odd[kRows];
  for (std::size_t m = 0; m < kRows; ++m) total[m] = hn::Zero(floats);
  for (std::size_t b = 0; b < blocks; ++b) {
    for (std::size_t m = 0; m < kRows; ++m) even[m] = odd[m] = hn::Zero(floats);
    for (std::size_t g = 0; g < 4; ++g) {
      const std::size_t column = b * mx::kBlock + g * 8;
      weights.group(b, g, [&](int j, Float first, Float second) HWY_ATTR {
        for (std::size_t m = 0; m < kRows; ++m) {
          const float* a = rows[m].floats + column + 2 * j;
          even[m] = hn::MulAdd(first, hn::Set(floats, a[0]), even[m]);
          odd[m] = hn::MulAdd(second, hn::Set(floats, a[1]), odd[m]);
        }
      });
    }
    for (std::size_t m = 0; m < kRows; ++m) {
      total[m] = weights.add(total[m], hn::Add(even[m], odd[m]), b, rows[m]);
    }
  }
  for (std::size_t m = 0; m < kRows; ++m) {
    hn::StoreU(total[m], floats, out + m * kPanelRows + weights.lane);
  }
}

// Register tiles of kRegisterRows rows, then single rows.
template <typename Make>
void multiply(std::size_t blocks, const Row* rows, std::size_t count, float* out,
              const Make& make) {
  for (std::size_t lane = 0; lane < kPanelRows; lane += kLanes) {
    const auto weights = make(lane);
    std::size_t m = 0;
    for (; m + kRegisterRows <= count; m += kRegisterRows) {
      rows_of<kRegisterRows>(blocks, rows + m, out + m * kPanelRows, weights);
    }
    for (; m < count; ++m) rows_of<1>(blocks, rows + m, out + m * kPanelRows, weights);
  }
}

template <WeightFormat kFormat>
void packed_of(const Panel* panels, const Row* rows, std::size_t count, float* const* out) {
  for (int p = 0; p < 2; ++p) {
    multiply(panels[p].blocks, rows, count, out[p],
             [&](std::size_t lane) { return Weights<kFormat>{panels[p], lane}; });
  }
}

void packed(WeightFormat format, const Panel* panels, const Row* rows, std::size_t count,
            float* const* out) {
  switch (format) {
    case WeightFormat::mxfp4:
      return packed_of<WeightFormat::mxfp4>(panels, rows, count, out);
    case WeightFormat::mxfp6_e3m2:
      return packed_of<WeightFormat::mxfp6_e3m2>(panels, rows, count, out);
    case WeightFormat::mxfp6_e2m3:
      return packed_of<WeightFormat::mxfp6_e2m3>(panels, rows, count, out);
  }
}

template <WeightFormat kFormat>
void decode_of(const Panel& panel, std::uint16_t* values) {
  const Words words;
  for (std::size_t lane = 0; lane < kPanelRows; lane += kLanes) {
    const Weights<kFormat> weights{panel, lane};
    for (std::size_t b = 0; b < panel.blocks; ++b) {
      const Float scales = weights.scales(b);
      for (std::size_t g = 0; g < 4; ++g) {
        weights.group(b, g, [&](int j, Float even, Float odd) HWY_ATTR {
          const Word first = hn::BitCast(words, hn::Mul(even, scales));
          const Word second = hn::BitCast(words, hn::Mul(odd, scales));
          const std::size_t at =
              ((b * 4 + g) * 4 + static_cast<std::size_t>(j)) * kPanelRows + lane;
          hn::StoreU(hn::Or(hn::ShiftRight<16>(first), second), words,
                     reinterpret_cast<std::uint32_t*>(values) + at);
        });
      }
    }
  }
}

void decode(WeightFormat format, const Panel& panel, std::uint16_t* values) {
  switch (format) {
    case WeightFormat::mxfp4:
      return decode_of<WeightFormat::mxfp4>(panel, values);
    case WeightFormat::mxfp6_e3m2:
      return decode_of<WeightFormat::mxfp6_e3m2>(panel, values);
    case WeightFormat::mxfp6_e2m3:
      return decode_of<WeightFormat::mxfp6_e2m3>(panel, values);
  }
}

void plain(const std::uint16_t* const* values, std::size_t blocks, const Row* rows,
           std::size_t count, float* const* out) {
  for (int p = 0; p < 2; ++p) {
    multiply(blocks, rows, count, out[p],
             [&](std::size_t lane) { return Decoded{values[p], lane}; });
  }
}

// x * sigmoid(slope x). Highway's Exp is off by at most 1 ulp, 0 below its range, and infinite up to
// 104, past which it promises nothing. A NaN stays one.
HWY_INLINE Float swish(Float x, float slope) {
  const Floats floats;
  const Float most = hn::Set(floats, 104.0f);
  const Float z = hn::Mul(x, hn::Set(floats, -slope));
  const Float e = hn::Exp(floats, hn::IfThenElse(hn::Gt(z, most), most, z));
  return hn::Div(x, hn::Add(hn::Set(floats, 1.0f), e));
}

HWY_INLINE Float activated(Activation activation, Float gate, Float up) {
  const Floats floats;
  if (activation == Activation::silu) return hn::Mul(swish(gate, 1.0f), up);
  const Float limit = hn::Set(floats, kSwigluLimit);
  // A NaN stays one: it is above no limit.
  const Float g = hn::IfThenElse(hn::Gt(gate, limit), limit, gate);
  const Float above = hn::IfThenElse(hn::Gt(up, limit), limit, up);
  const Float u = hn::IfThenElse(hn::Lt(above, hn::Neg(limit)), hn::Neg(limit), above);
  return hn::Mul(swish(g, kSwigluAlpha), hn::Add(u, hn::Set(floats, 1.0f)));
}

}  // namespace

#ifdef SWITCHYARD_ACTIVATE
#define SWITCHYARD_ACTIVATE_LINKAGE
#else
#define SWITCHYARD_ACTIVATE activate
#define SWITCHYARD_ACTIVATE_LINKAGE static
#endif
SWITCHYARD_ACTIVATE_LINKAGE void SWITCHYARD_ACTIVATE(Activation activation, const float* gate,
                                                     const float* up, const float* gate_bias,
                                                     const float* up_bias, std::size_t count,
                                                     float* const* h) {
  const Floats floats;
  for (std::size_t lane = 0; lane < kPanelRows; lane += kLanes) {
    const Float gate_biases = hn::LoadU(floats, gate_bias + lane);
    const Float up_biases = hn::LoadU(floats, up_bias + lane);
    for (std::size_t m = 0; m < count; ++m) {
      const std::size_t at = m * kPanelRows + lane;
      const Float g = hn::Add(hn::LoadU(floats, gate + at), gate_biases);
      const Float u = hn::Add(hn::LoadU(floats, up + at), up_biases);
      hn::StoreU(activated(activation, g, u), floats, h[m] + lane);
    }
  }
}

extern const Products SWITCHYARD_PRODUCTS;
const Products SWITCHYARD_PRODUCTS = {packed, nullptr, decode, plain, SWITCHYARD_ACTIVATE, nullptr, nullptr, true};

}  // namespace switchyard::kernels::cpu
