#pragma once

#include <cstdint>
#include <memory>
#include <random>
#include <vector>

#include "kernels/cpu/operand.h"
#include "kernels/cpu/panel.h"

// A panel and rows of activations with random contents, for products alone.
namespace switchyard::kernels::cpu {

struct RandomPanel {
  RandomPanel(WeightFormat format, std::size_t blocks, int scale_reach, std::mt19937& random)
      : bytes(blocks * block_bytes(format) / sizeof(Line)), scales(blocks / 4 + 1) {
    for (Line& line : bytes) {
      for (std::uint8_t& byte : line.bytes) byte = static_cast<std::uint8_t>(random());
    }
    std::uniform_int_distribution<int> exponent(-scale_reach, scale_reach);
    for (Line& line : scales) {
      for (std::uint8_t& byte : line.bytes) {
        byte = static_cast<std::uint8_t>(mx::kScaleBias + exponent(random));
      }
    }
    panel = {bytes[0].bytes, scales[0].bytes, blocks, true};
  }
  struct alignas(64) Line {
    std::uint8_t bytes[64];
  };
  std::vector<Line> bytes, scales;
  Panel panel;
};

// `count` finished rows of normally distributed values.
inline Operand random_operand(std::size_t count, std::size_t columns, Operand::Form form,
                              ActivationFormat format, std::mt19937& random) {
  const bool fp4 = form == Operand::Form::mx_elements && format == ActivationFormat::mxfp4;
  Operand operand(columns, form, format, 1.0f, {true, true, fp4});
  operand.resize(count);
  std::normal_distribution<float> normal(0, 1);
  for (std::size_t m = 0; m < count; ++m) {
    for (std::size_t k = 0; k < columns; ++k) operand.floats(m)[k] = normal(random);
    operand.finish_row(m);
  }
  return operand;
}

inline std::vector<Row> rows_of(const Operand& operand, std::size_t count) {
  std::vector<Row> rows(count);
  for (std::size_t m = 0; m < count; ++m) rows[m] = operand.row(m);
  return rows;
}

// Two panels and what their products are written to.
struct PanelPair {
  PanelPair(WeightFormat elements, std::size_t blocks, int scale_reach, std::mt19937& random)
      : format(elements),
        first(elements, blocks, scale_reach, random),
        second(elements, blocks, scale_reach, random),
        panels{first.panel, second.panel} {}

  // Room for `count` rows, all of it set to what no product gives.
  float* const* clear(std::size_t count) {
    for (std::size_t p = 0; p < 2; ++p) {
      out[p].assign(count * kPanelRows, 7e9f);
      to[p] = out[p].data();
    }
    return to;
  }

  WeightFormat format;
  RandomPanel first, second;
  Panel panels[2];
  std::vector<float> out[2];
  float* to[2];
};

// Checks every row by every row of the panels against exact_product, for sums in runs of `run`.
void compare(const PanelPair& pair, const std::vector<Row>& rows, int run);

// The sum of |a| |b| of row m with row n of the panel: what a bound of its rounding is made of.
double magnitude(WeightFormat format, const Panel& panel, const Row& row, std::size_t n);

}  // namespace switchyard::kernels::cpu
