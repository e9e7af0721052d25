#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "kernels/cpu/products.h"
#include "kernels/cpu/weight_rows.h"
#include "kernels/moe/layer.h"

// The activations of one product, [rows, columns], in the form that a variant multiplies.
namespace switchyard::kernels::cpu {

class Operand {
 public:
  // How `finish_row` turns a row of floats into what the inner product reads.
  enum class Form : std::uint8_t {
    bf16,            // rounded to bf16
    mx_dequantised,  // quantised to MX blocks and back: exact in bf16
    mx_integers,     // quantised to MX blocks; elements as integers, scales beside them
    fp8,             // q = e4m3(v / scale); the product's result is multiplied by the scale
  };

  // The form for a scheme and a kind of weight tile.
  static Form form_of(ActivationFormat format, TileKind kind);

  // `static_scale` is read by the fp8 form only.
  Operand(std::size_t columns, Form form, ActivationFormat format, float static_scale);

  // Discards all rows and makes room for `rows`.
  void resize(std::size_t rows);

  // Row `r`: write the unquantised floats here, then call finish_row(r). Different rows may be
  // written and finished on different threads.
  float* row(std::size_t r) { return values_.data() + r * columns_; }
  void finish_row(std::size_t r);

  // out[m * kTileRows + n] = row rows[m] . row n of the tile, for m < count. Reads finished rows.
  void multiply(const Products& products, const std::uint32_t* rows, std::size_t count,
                const Tile& tile, TileKind kind, float* out) const;

 private:
  std::size_t columns_;
  Form form_;
  ActivationFormat format_;
  float static_scale_;
  std::vector<float> values_;           // [rows, columns]
  std::vector<std::int16_t> integers_;  // [rows, columns]
  std::vector<double> scales_;          // [rows, columns / 32], with 1 / units
};

}  // namespace switchyard::kernels::cpu
