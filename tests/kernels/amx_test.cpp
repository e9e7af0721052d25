// The AMX product's own code over a model of the instructions, on every processor.
#include <catch2/catch.hpp>
#include <cmath>
#include <cstring>
#include <random>
#include <stdexcept>
#include <vector>

#include "kernels/cpu/amx_product.h"
#include "kernels/cpu/products.h"
#include "kernels/moe/numerics.h"
#include "tests/kernels/random_panel.h"

using namespace switchyard::kernels;
using namespace switchyard::kernels::cpu;

namespace {

// TDPBF16PS (Intel SDM vol. 2): for each row m and column n, the pairs in order, the first product
// of a pair added before the second; operands and results that are subnormal are zero.
struct Model {
  explicit Model(std::size_t tile_rows) : rows(tile_rows) {
    if (rows == 0 || rows > 16) throw std::logic_error("a tile has 1 to 16 rows");
  }

  template <int kTile>
  void zero() {
    std::memset(accumulators[kTile], 0, sizeof(accumulators[kTile]));
  }
  void load_weights(const std::uint16_t* from) { std::memcpy(weights, from, sizeof(weights)); }
  template <int kTile>
  void multiply(const std::uint16_t* from, std::size_t stride_bytes) {
    for (std::size_t m = 0; m < rows; ++m) {
      const auto* row = reinterpret_cast<const std::uint16_t*>(
          reinterpret_cast<const unsigned char*>(from) + m * stride_bytes);
      for (std::size_t n = 0; n < kPanelRows; ++n) {
        float& sum = accumulators[kTile][m][n];
        for (std::size_t k = 0; k < mx::kBlock; ++k) {
          const float b = flushed(mx::to_float(Bf16{weights[k / 2][n][k % 2]}));
          sum = flushed(std::fma(flushed(mx::to_float(Bf16{row[k]})), b, sum));
        }
      }
    }
  }
  template <int kTile>
  void store(float* to) {
    std::memcpy(to, accumulators[kTile], rows * kPanelRows * sizeof(float));
  }
  static float flushed(float value) {
    return std::fpclassify(value) == FP_SUBNORMAL ? std::copysign(0.0f, value) : value;
  }

  std::size_t rows;
  float accumulators[4][16][kPanelRows];
  std::uint16_t weights[16][kPanelRows][2];
};

}  // namespace

TEST_CASE("the AMX product agrees with the exact one, whatever the rows and columns", "[amx]") {
  std::mt19937 random(41);
  for (const std::size_t blocks : {1u, 16u, 17u, 40u}) {
    const RandomPanel weights(WeightFormat::mxfp6_e3m2, blocks, 6, random);
    std::vector<std::uint16_t> decoded(blocks * mx::kBlock * kPanelRows);
    products(Isa::portable).decode(WeightFormat::mxfp6_e3m2, weights.panel, decoded.data());
    for (const std::size_t count : {1u, 15u, 16u, 17u, 64u, 80u, 150u}) {
      const Operand operand = random_operand(count, blocks * mx::kBlock, Operand::Form::bf16,
                                             ActivationFormat::bf16, random);
      const std::vector<Row> rows = rows_of(operand, count);
      std::vector<float> out(count * kPanelRows, 7e9f);
      std::size_t runs = 0;
      amx_product<Model>(blocks, rows.data(), count, out.data(),
                         [&](std::size_t first, std::size_t some) {
                           ++runs;
                           CHECK(first + some <= blocks);
                           return decoded.data() + first * mx::kBlock * kPanelRows;
                         });
      CHECK(runs == (blocks + 15) / 16);
      Numerics numerics;
      numerics.run = kAmxRun;
      const double chain = numerics.longest_chain(static_cast<double>(blocks * mx::kBlock)) + 5;
      for (std::size_t m = 0; m < count; ++m) {
        float expected[kPanelRows];
        exact_product(WeightFormat::mxfp6_e3m2, weights.panel, rows[m], expected);
        for (std::size_t n = 0; n < kPanelRows; ++n) {
          const double size = magnitude(WeightFormat::mxfp6_e3m2, weights.panel, rows[m], n);
          CHECK(std::abs(static_cast<double>(out[m * kPanelRows + n]) - expected[n]) <=
                chain * kUnitFloat * size);
        }
      }
    }
  }
}
