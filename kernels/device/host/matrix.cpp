#include "kernels/device/host/matrix.h"

#include <cstddef>

#include "kernels/mx/bf16.h"

// Operand layouts as the vendors document them: AMD Instinct CDNA3 and CDNA4 instruction set
// architecture, "Dense matrix layouts"; PTX ISA, "Matrix fragments for mma.m16n8k16".
namespace switchyard::kernels::device::host {
namespace {

// Where an element is: a lane, and a bf16 (or a float) within its registers.
struct Place {
  unsigned lane, at;
};

struct Layout {
  unsigned rows, columns, depth;
  Place (*a)(unsigned row, unsigned k);
  Place (*b)(unsigned column, unsigned k);
  Place (*c)(unsigned row, unsigned column);
};

Place mfma_sum(unsigned row, unsigned column) { return {16 * (row / 4) + column, row % 4}; }

// Lane l: row (or column) l % 16, k = depth / 4 * (l / 16) and following.
Place mfma_16x16x16(unsigned row, unsigned k) { return {16 * (k / 4) + row, k % 4}; }
Place mfma_16x16x32(unsigned row, unsigned k) { return {16 * (k / 8) + row, k % 8}; }

// groupID = lane / 4, threadID = lane % 4. a: registers of two: rows g, g + 8, g, g + 8, the latter
// two for k from 8 on.
Place mma_a(unsigned row, unsigned k) {
  return {4 * (row % 8) + (k % 8) / 2, 2 * (row / 8 + 2 * (k / 8)) + k % 2};
}
Place mma_b(unsigned column, unsigned k) { return {4 * column + (k % 8) / 2, 2 * (k / 8) + k % 2}; }
Place mma_c(unsigned row, unsigned column) {
  return {4 * (row % 8) + column / 2, 2 * (row / 8) + column % 2};
}

constexpr Layout layout_of(Matrix instruction) {
  switch (instruction) {
    case Matrix::mfma_16x16x16_bf16:
      return {16, 16, 16, mfma_16x16x16, mfma_16x16x16, mfma_sum};
    case Matrix::mfma_16x16x32_bf16:
      return {16, 16, 32, mfma_16x16x32, mfma_16x16x32, mfma_sum};
    case Matrix::mma_m16n8k16_bf16:
      break;
  }
  return {16, 8, 16, mma_a, mma_b, mma_c};
}

float bf16_at(const std::uint32_t* words, unsigned i) {
  return mx::to_float({static_cast<std::uint16_t>(words[i / 2] >> (16 * (i % 2)))});
}

}  // namespace

std::string_view name_of(Matrix instruction) {
  switch (instruction) {
    case Matrix::mfma_16x16x16_bf16:
      return "v_mfma_f32_16x16x16_bf16";
    case Matrix::mfma_16x16x32_bf16:
      return "v_mfma_f32_16x16x32_bf16";
    case Matrix::mma_m16n8k16_bf16:
      break;
  }
  return "mma.sync.m16n8k16";
}

void multiply(Matrix instruction, std::span<const MatrixOperands> operands) {
  const Layout layout = layout_of(instruction);
  float a[16][32], b[16][32];
  for (unsigned k = 0; k < layout.depth; ++k) {
    for (unsigned row = 0; row < layout.rows; ++row) {
      const Place place = layout.a(row, k);
      a[row][k] = bf16_at(operands[place.lane].a, place.at);
    }
    for (unsigned column = 0; column < layout.columns; ++column) {
      const Place place = layout.b(column, k);
      b[column][k] = bf16_at(operands[place.lane].b, place.at);
    }
  }
  for (unsigned row = 0; row < layout.rows; ++row) {
    for (unsigned column = 0; column < layout.columns; ++column) {
      const Place place = layout.c(row, column);
      float sum = operands[place.lane].c[place.at];
      for (unsigned k = 0; k < layout.depth; ++k) sum += a[row][k] * b[column][k];
      operands[place.lane].c[place.at] = sum;
    }
  }
}

}  // namespace switchyard::kernels::device::host
