#include "kernels/device/host/matrix.h"

#include <cstddef>
#include <cstring>
#include <vector>

#include "kernels/mx/bf16.h"
#include "kernels/mx/element.h"
#include "kernels/mx/pack.h"
#include "kernels/mx/scale.h"
#include "runtime/base/check.h"

// Operand layouts as the vendors document them: AMD Instinct CDNA3 and CDNA4 instruction set
// architecture, "Dense matrix layouts"; PTX ISA, "Register fragments and shared memory matrix layouts" of wgmma.
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
Place wgmma_a(unsigned row, unsigned k) {
  return {4 * (row % 8) + (k % 8) / 2, 2 * (row / 8 + 2 * (k / 8)) + k % 2};
}
Place wgmma_c(unsigned row, unsigned column) {
  return {4 * (row % 8) + column / 2, 2 * (row / 8) + column % 2};
}

constexpr Layout layout_of(Matrix instruction) {
  switch (instruction) {
    case Matrix::mfma_16x16x16_bf16:
      return {16, 16, 16, mfma_16x16x16, mfma_16x16x16, mfma_sum};
    case Matrix::mfma_16x16x32_bf16:
      return {16, 16, 32, mfma_16x16x32, mfma_16x16x32, mfma_sum};
    case Matrix::mfma_scale_16x16x128_f8f6f4:
    case Matrix::wgmma_m64k16_bf16:
      break;
  }
  SWITCHYARD_CHECK(false);  // these have functions of their own
  return {};
}

float bf16_at(const std::uint32_t* words, unsigned i) {
  return mx::to_float({static_cast<std::uint16_t>(words[i / 2] >> (16 * (i % 2)))});
}

// Element k of a row times its scale. A group of 16 lanes has of its rows fp4 and fp6 32 contiguous
// elements, fp8 16 and another 16 from k = 64 on. The scale of block b is that of lane group b.
float scaled_at(std::span<const MatrixOperands> operands, bool of_a, unsigned row, unsigned k) {
  const Scaled& any = operands[0].scaled;
  const ScaledFormat format = of_a ? any.a : any.b;
  const bool bytes = format == ScaledFormat::fp8_e4m3;
  const unsigned group = bytes ? k % 64 / 16 : k / 32;
  const unsigned at = bytes ? k / 64 * 16 + k % 16 : k % 32;
  const MatrixOperands& lane = operands[16 * group + row];
  const auto* packed = reinterpret_cast<const std::uint8_t*>(of_a ? lane.a : lane.b);
  const MatrixOperands& scaling = operands[16 * (k / 32) + row];
  const float scale = mx::decode_scale(of_a ? scaling.scaled.a_scale : scaling.scaled.b_scale);
  switch (format) {
    case ScaledFormat::fp8_e4m3:
      return mx::decode<mx::Fp8E4M3>(mx::load_code<mx::Fp8E4M3>(packed, at)) * scale;
    case ScaledFormat::fp6_e2m3:
      return mx::decode<mx::Fp6E2M3>(mx::load_code<mx::Fp6E2M3>(packed, at)) * scale;
    case ScaledFormat::fp6_e3m2:
      return mx::decode<mx::Fp6E3M2>(mx::load_code<mx::Fp6E3M2>(packed, at)) * scale;
    case ScaledFormat::fp4:
      break;
  }
  return mx::decode<mx::Fp4E2M1>(mx::load_code<mx::Fp4E2M1>(packed, at)) * scale;
}

void multiply_scaled(std::span<const MatrixOperands> operands) {
  constexpr unsigned kDepth = 128;
  std::vector<float> a(16 * kDepth), b(16 * kDepth);
  for (unsigned row = 0; row < 16; ++row) {
    for (unsigned k = 0; k < kDepth; ++k) {
      a[row * kDepth + k] = scaled_at(operands, true, row, k);
      b[row * kDepth + k] = scaled_at(operands, false, row, k);
    }
  }
  for (unsigned row = 0; row < 16; ++row) {
    for (unsigned column = 0; column < 16; ++column) {
      const Place place = mfma_sum(row, column);
      float sum = operands[place.lane].c[place.at];
      for (unsigned k = 0; k < kDepth; ++k) sum += a[row * kDepth + k] * b[column * kDepth + k];
      operands[place.lane].c[place.at] = sum;
    }
  }
}

// Of b, row n and k of an instruction, by its matrix descriptor (PTX ISA, "Asynchronous warpgroup level
// matrix shared memory layout"): rows of 128 bytes, eight of them a swizzle atom, atoms a stride
// apart; bits 4 .. 6 of an address are changed by its bits 7 .. 9.
float lds_row_at(std::uint64_t descriptor, unsigned n, unsigned k, std::span<const std::byte> lds) {
  SWITCHYARD_CHECK(descriptor >> 62 == 1 && (descriptor >> 49 & 7) == 0);  // what is modelled
  const auto start = static_cast<std::size_t>(descriptor & 0x3FFF) << 4;
  const auto stride = static_cast<std::size_t>(descriptor >> 32 & 0x3FFF) << 4;
  std::size_t at = start + n / 8 * stride + n % 8 * 128 + 2 * k;
  at ^= (at >> 7 & 7) << 4;
  SWITCHYARD_CHECK(at + 2 <= lds.size());
  std::uint16_t bits;
  std::memcpy(&bits, lds.data() + at, 2);
  return mx::to_float({bits});
}

// A wave's part of wgmma: its 16 rows of a; c eight columns after eight.
void multiply_warpgroup(std::span<const MatrixOperands> operands, std::span<const std::byte> lds) {
  const LdsRows& rows = operands[0].rows;
  for (unsigned n = 0; n < rows.columns; ++n) {
    float b[16];
    for (unsigned k = 0; k < 16; ++k) b[k] = lds_row_at(rows.descriptor, n, k, lds);
    for (unsigned row = 0; row < 16; ++row) {
      const Place place = wgmma_c(row, n % 8);
      float& sum = operands[place.lane].c[n / 8 * 4 + place.at];
      for (unsigned k = 0; k < 16; ++k) {
        const Place of_a = wgmma_a(row, k);
        sum += bf16_at(operands[of_a.lane].a, of_a.at) * b[k];
      }
    }
  }
}

}  // namespace

std::string_view name_of(Matrix instruction) {
  switch (instruction) {
    case Matrix::mfma_16x16x16_bf16:
      return "v_mfma_f32_16x16x16_bf16";
    case Matrix::mfma_16x16x32_bf16:
      return "v_mfma_f32_16x16x32_bf16";
    case Matrix::mfma_scale_16x16x128_f8f6f4:
      return "v_mfma_scale_f32_16x16x128_f8f6f4";
    case Matrix::wgmma_m64k16_bf16:
      break;
  }
  return "wgmma.m64k16";
}

void multiply(Matrix instruction, std::span<const MatrixOperands> operands,
              std::span<const std::byte> lds) {
  if (instruction == Matrix::wgmma_m64k16_bf16) return multiply_warpgroup(operands, lds);
  if (instruction == Matrix::mfma_scale_16x16x128_f8f6f4) return multiply_scaled(operands);
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
