// The AMX product's own code over a model of the instructions, on every processor.
#include <catch2/catch.hpp>
#include <cmath>
#include <cstring>
#include <random>
#include <stdexcept>
#include <vector>

#include "kernels/cpu/amx_product.h"
#include "kernels/cpu/products.h"
#include "kernels/cpu/row_tiles.h"
#include "tests/kernels/random_panel.h"

using namespace switchyard::kernels;
using namespace switchyard::kernels::cpu;

namespace {

// TDPBF16PS (Intel SDM vol. 2): for each row m and column n, the pairs in order, the first product
// of a pair added before the second; operands and results that are subnormal are zero.
struct Model {
  Model(std::size_t rows0, std::size_t rows1) : rows{rows0, rows1} {
    if (rows0 == 0 || rows0 > 16 || rows1 == 0 || rows1 > 16)
      throw std::logic_error("a tile has 1 to 16 rows");
  }

  template <int kRows, int kPanel>
  void zero() {
    std::memset(accumulators[kRows][kPanel], 0, sizeof(accumulators[kRows][kPanel]));
  }
  template <int kPanel>
  void load_weights(const std::uint16_t* at) {
    std::memcpy(weights[kPanel], at, sizeof(weights[kPanel]));
  }
  template <int kRows>
  void load_rows(const std::uint16_t* at) {
    std::memcpy(activations[kRows], at, rows[kRows] * mx::kBlock * sizeof(std::uint16_t));
  }
  template <int kRows, int kPanel>
  void multiply() {
    for (std::size_t m = 0; m < rows[kRows]; ++m) {
      for (std::size_t n = 0; n < kPanelRows; ++n) {
        float& sum = accumulators[kRows][kPanel][m][n];
        for (std::size_t k = 0; k < mx::kBlock; ++k) {
          const float b = flushed(mx::to_float(Bf16{weights[kPanel][k / 2][n][k % 2]}));
          const float a = flushed(mx::to_float(Bf16{activations[kRows][m][k]}));
          sum = flushed(std::fma(a, b, sum));
        }
      }
    }
  }
  template <int kRows, int kPanel>
  void store(float* to) {
    std::memcpy(to, accumulators[kRows][kPanel], rows[kRows] * kPanelRows * sizeof(float));
  }
  static float flushed(float value) {
    return std::fpclassify(value) == FP_SUBNORMAL ? std::copysign(0.0f, value) : value;
  }

  std::size_t rows[2];
  float accumulators[2][2][16][kPanelRows];
  std::uint16_t activations[2][16][mx::kBlock];
  std::uint16_t weights[2][16][kPanelRows][2];
};

}  // namespace

TEST_CASE("the AMX product agrees with the exact one, whatever the rows and columns", "[amx]") {
  std::mt19937 random(41);
  for (const std::size_t blocks : {1u, 16u, 17u, 40u}) {
    PanelPair pair(WeightFormat::mxfp6_e3m2, blocks, 6, random);
    std::vector<std::uint16_t> decoded[2];
    for (std::size_t p = 0; p < 2; ++p) {
      decoded[p].resize(blocks * mx::kBlock * kPanelRows);
      products(Isa::portable).decode(pair.format, pair.panels[p], decoded[p].data());
    }
    for (const std::size_t count : {1u, 15u, 16u, 17u, 31u, 33u, 64u, 150u}) {
      const Operand operand = random_operand(count, blocks * mx::kBlock, Operand::Form::bf16,
                                             ActivationFormat::bf16, random);
      const std::vector<Row> rows = rows_of(operand, count);
      std::vector<std::uint16_t> packed;
      pack_rows(rows, blocks, packed);
      std::size_t runs = 0;
      amx_product<Model>(blocks, packed.data(), count, pair.clear(count),
                         [&](int p, std::size_t first, std::size_t some) {
                           ++runs;
                           CHECK(first + some <= blocks);
                           return decoded[p].data() + first * mx::kBlock * kPanelRows;
                         });
      CHECK(runs == 2 * ((blocks + kRunBlocks - 1) / kRunBlocks));
      compare(pair, rows, kAmxRun);
    }
  }
}

TEST_CASE("where there are tiles, they agree with the exact product", "[amx]") {
  if (!available(Isa::amx)) return;
  std::mt19937 random(42);
  for (const WeightFormat format :
       {WeightFormat::mxfp4, WeightFormat::mxfp6_e3m2, WeightFormat::mxfp6_e2m3}) {
    for (const std::size_t blocks : {1u, 7u, 8u, 27u}) {
      for (const std::size_t count : {1u, 16u, 17u, 40u}) {
        PanelPair pair(format, blocks, 6, random);
        const Operand operand = random_operand(count, blocks * mx::kBlock, Operand::Form::bf16,
                                               ActivationFormat::bf16, random);
        const std::vector<Row> rows = rows_of(operand, count);
        std::vector<std::uint16_t> packed;
        pack_rows(rows, blocks, packed);
        products(Isa::amx).packed_tiles(format, pair.panels, packed.data(), count,
                                        pair.clear(count));
        compare(pair, rows, kAmxRun);
      }
    }
  }
}
