#include "tests/kernels/random_panel.h"

#include <cmath>

#include "kernels/cpu/format.h"

namespace switchyard::kernels::cpu {

double magnitude(WeightFormat format, const Panel& panel, const Row& row, std::size_t n) {
  return with_format(format, [&](auto element) {
    using Format = decltype(element);
    double sum = 0;
    for (std::size_t b = 0; b < panel.blocks; ++b) {
      std::uint8_t codes[mx::kBlock];
      codes_of<Format>(panel, format, n, b, codes);
      const double scale = static_cast<double>(mx::decode_scale(panel.scales[b * kPanelRows + n])) *
                           (row.scales != nullptr ? row.scales[b] : 1.0f);
      for (std::size_t i = 0; i < mx::kBlock; ++i) {
        sum += std::abs(value_of(row, b * mx::kBlock + i) * mx::decode<Format>(codes[i])) * scale;
      }
    }
    return sum;
  });
}

}  // namespace switchyard::kernels::cpu
