#include "tests/kernels/random_panel.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "kernels/cpu/format.h"
#include "kernels/cpu/products.h"
#include "kernels/moe/numerics.h"

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

void compare(const PanelPair& pair, const std::vector<Row>& rows, int run) {
  Numerics numerics;
  numerics.run = run;
  const double terms = static_cast<double>(pair.panels[0].blocks * mx::kBlock);
  const double unit = (numerics.longest_chain(terms) + 5) * kUnitFloat;
  for (std::size_t p = 0; p < 2; ++p) {
    for (std::size_t m = 0; m < rows.size(); ++m) {
      float expected[kPanelRows];
      exact_product(pair.format, pair.panels[p], rows[m], expected);
      for (std::size_t n = 0; n < kPanelRows; ++n) {
        INFO("row " << m << " of " << rows.size() << ", panel " << p << ", row " << n);
        const double bound = unit * magnitude(pair.format, pair.panels[p], rows[m], n);
        const float out = pair.out[p][m * kPanelRows + n];
        CHECK(std::abs(static_cast<double>(out) - expected[n]) <= bound);
      }
    }
  }
}

}  // namespace switchyard::kernels::cpu
