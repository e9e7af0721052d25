#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "kernels/device/fragment_layout.h"
#include "kernels/moe/layer.h"

namespace switchyard::kernels::gpu {

// Packed weights in the layout of kernels/device/fragment_layout.h.
struct Fragments {
  std::vector<std::uint8_t> elements;
  std::vector<std::uint32_t> scales;
};

// What the packed kernels of an architecture (DeviceInfo) decode. Native ones, of gfx950 alone,
// read the same: blocks in natural order.
device::Arrangement packed_arrangement(std::string_view architecture);
device::Fp4Order fp4_order(std::string_view architecture);

// Appends a matrix [rows, columns], rows a multiple of 16, columns of 32.
void append_fragments(const MxMatrix& matrix, std::size_t rows, std::size_t columns,
                      WeightFormat format, device::Arrangement arrangement, device::Fp4Order order,
                      Fragments& fragments);

// A matrix of bf16 [rows, columns], rows padded with zeros to a multiple of 16, columns to one of
// 128, as the records of kernels/device/warpgroup_product.h's DecodedRecord.
std::vector<Bf16> bf16_records(const Bf16* matrix, std::size_t rows, std::size_t columns);

}  // namespace switchyard::kernels::gpu
