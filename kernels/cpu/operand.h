#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "kernels/cpu/row.h"
#include "kernels/moe/layer.h"

// The activations of one product, [rows, columns], in the form that a variant multiplies.
namespace switchyard::kernels::cpu {

class Operand {
 public:
  // How `finish_row` turns a row of floats into what the inner product reads.
  enum class Form : std::uint8_t {
    bf16,            // rounded to bf16
    mx_dequantised,  // quantised to MX blocks and back: exact in bf16
    mx_elements,     // quantised to MX blocks: elements, and scales beside them
    fp8,             // q = e4m3(v / scale); the product's result is multiplied by the scale
  };
  // What to keep of a finished row besides `scales`.
  struct Kept {
    bool floats;
    bool bf16;
    bool bytes;  // mx_elements of fp4 only
  };

  // `static_scale` is read by the fp8 form only.
  Operand(std::size_t columns, Form form, ActivationFormat format, float static_scale, Kept kept);

  // Discards all rows and makes room for `rows`.
  void resize(std::size_t rows);

  // Row `r`: write the unquantised floats here, then call finish_row(r). Different rows may be
  // written and finished on different threads.
  float* floats(std::size_t r) { return values_.data() + r * columns_; }
  void finish_row(std::size_t r);

  // Finished row `r`, until the next resize.
  Row row(std::size_t r) const;
  // What a product of this operand is multiplied by at its end.
  float factor() const { return form_ == Form::fp8 ? static_scale_ : 1.0f; }

 private:
  template <typename Format>
  void finish_elements(std::size_t r);

  std::size_t columns_;
  Form form_;
  ActivationFormat format_;
  float static_scale_;
  Kept kept_;
  std::vector<float> values_;          // [rows, columns]
  std::vector<std::uint16_t> bf16_;    // [rows, columns]
  std::vector<std::int8_t> bytes_;     // [rows, columns]
  std::vector<std::int32_t> offsets_;  // [rows, columns / 32]
  std::vector<float> scales_;          // [rows, columns / 32]
  std::vector<std::uint8_t> ordinary_;
};

}  // namespace switchyard::kernels::cpu
