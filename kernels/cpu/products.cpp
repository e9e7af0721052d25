#include "kernels/cpu/products.h"

#include "kernels/cpu/format.h"

namespace switchyard::kernels::cpu {

extern const Products kPortableProducts;
#ifdef SWITCHYARD_X86
extern const Products kAvx2Products;
extern const Products kAvx512Products;
extern const Products kAvx512Bf16Products;
extern const Products kAmxProducts;
#endif

const Products& products(Isa isa) {
  switch (isa) {
#ifdef SWITCHYARD_X86
    case Isa::amx:
      return kAmxProducts;
    case Isa::avx512_bf16:
      return kAvx512Bf16Products;
    case Isa::avx512:
      return kAvx512Products;
    case Isa::avx2:
      return kAvx2Products;
#else
    case Isa::amx:
    case Isa::avx512_bf16:
    case Isa::avx512:
    case Isa::avx2:
#endif
    case Isa::portable:
      break;
  }
  return kPortableProducts;
}

void exact_product(WeightFormat format, const Panel& panel, const Row& row, float* out) {
  with_format(format, [&](auto element) {
    using Format = decltype(element);
    for (std::size_t n = 0; n < kPanelRows; ++n) {
      double sum = 0;
      for (std::size_t b = 0; b < panel.blocks; ++b) {
        std::uint8_t codes[mx::kBlock];
        codes_of<Format>(panel, format, n, b, codes);
        double block = 0;
        for (std::size_t i = 0; i < mx::kBlock; ++i) {
          block += static_cast<double>(value_of(row, b * mx::kBlock + i)) *
                   static_cast<double>(mx::decode<Format>(codes[i]));
        }
        const double scale = mx::decode_scale(panel.scales[b * kPanelRows + n]);
        sum += block * scale * (row.scales != nullptr ? static_cast<double>(row.scales[b]) : 1.0);
      }
      out[n] = static_cast<float>(sum);
    }
  });
}

}  // namespace switchyard::kernels::cpu
