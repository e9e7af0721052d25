#include "kernels/gpu/weights.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "kernels/gpu/preshuffle.h"
#include "kernels/mx/block.h"
#include "kernels/mx/element.h"

namespace switchyard::kernels::gpu {
namespace {

// Bytes that wait for their upload to one array.
class Rows {
 public:
  void add(const std::uint8_t* from, std::size_t rows, std::size_t row_step, std::size_t bytes) {
    const std::size_t at = bytes_.size();
    bytes_.resize(at + rows * bytes);
    for (std::size_t r = 0; r < rows; ++r) {
      std::memcpy(bytes_.data() + at + r * bytes, from + r * row_step * bytes, bytes);
    }
  }
  void add(const Values& values, std::size_t count, std::size_t step) {
    const std::size_t at = bytes_.size();
    bytes_.resize(at + count * sizeof(float));
    for (std::size_t i = 0; i < count; ++i) {
      const float value = value_at(values, i * step);
      std::memcpy(bytes_.data() + at + i * sizeof(float), &value, sizeof(float));
    }
  }

  template <typename T>
  void add(const std::vector<T>& values) {
    const auto bytes = std::as_bytes(std::span(values));
    const auto* first = reinterpret_cast<const std::uint8_t*>(bytes.data());
    bytes_.insert(bytes_.end(), first, first + bytes.size());
  }

  // To byte `at` of `to`; waits, then this is empty.
  Expected<void> upload(Device& device, const Memory& to, std::size_t at) {
    auto ok = device.upload(to.address() + at, bytes_.data(), bytes_.size(), 0);
    if (ok) ok = device.synchronise(0);
    bytes_.clear();
    return ok;
  }

 private:
  std::vector<std::uint8_t> bytes_;
};

struct Sizes {
  std::size_t experts, hidden, intermediate;
  WeightFormat format;
  WeightLayout layout;

  // With the padding of the layout.
  std::size_t stored(std::size_t columns) const {
    if (layout == WeightLayout::rows) return columns;
    return device::groups_of(static_cast<unsigned>(columns)) * std::size_t{device::kGroupColumns};
  }
  std::size_t row(std::size_t columns) const {
    return mx::packed_bytes(stored(columns), bits_of(format));
  }
  std::size_t scales(std::size_t columns) const { return stored(columns) / mx::kBlock; }
};

bool any_bias(const LayerWeights& weights, MxMatrix ExpertWeights::*matrix) {
  for (const ExpertWeights& expert : weights.experts) {
    if (present((expert.*matrix).bias)) return true;
  }
  return false;
}

// An array of `count` floats or, where `values` is nothing, none.
Expected<Memory> upload_values(Device& device, const Values& values, std::size_t count) {
  if (!present(values)) return Memory();
  auto memory = Memory::allocate(device, count * sizeof(float));
  if (!memory) return memory;
  Rows rows;
  rows.add(values, count, 1);
  if (auto ok = rows.upload(device, *memory, 0); !ok) return tl::unexpected(ok.error());
  return memory;
}

Expected<void> upload_router(Device& device, const Sizes& sizes, const LayerWeights& weights,
                             DeviceWeights& result) {
  const std::size_t count = sizes.experts * sizes.hidden;
  if (std::holds_alternative<const float*>(weights.router)) {
    result.router_form = DeviceWeights::Router::float32;
    auto memory = upload_values(device, weights.router, count);
    if (!memory) return tl::unexpected(memory.error());
    result.router = std::move(*memory);
  } else {
    std::span<const Bf16> values(std::get<const Bf16*>(weights.router), count);
    std::vector<Bf16> records;
    if (sizes.layout == WeightLayout::steps) {
      result.router_form = DeviceWeights::Router::records;
      records = bf16_records(values.data(), sizes.experts, sizes.hidden);
      values = records;
    }
    auto memory = Memory::allocate(device, values.size_bytes());
    if (!memory) return tl::unexpected(memory.error());
    result.router = std::move(*memory);
    auto ok = device.upload(result.router.address(), values.data(), values.size_bytes(), 0);
    if (ok) ok = device.synchronise(0);
    if (!ok) return ok;
  }
  auto bias = upload_values(device, weights.router_bias, sizes.experts);
  if (!bias) return tl::unexpected(bias.error());
  result.router_bias = std::move(*bias);
  auto correction = upload_values(device, weights.correction_bias, sizes.experts);
  if (!correction) return tl::unexpected(correction.error());
  result.router_correction = std::move(*correction);
  return {};
}

Expected<void> allocate(Device& device, const Sizes& sizes, const LayerWeights& weights,
                        DeviceWeights& result) {
  const std::size_t gate_up_rows = sizes.experts * 2 * sizes.intermediate;
  const std::size_t down_rows = sizes.experts * sizes.hidden;
  const bool gate_up_bias =
      any_bias(weights, &ExpertWeights::gate) || any_bias(weights, &ExpertWeights::up);
  const bool down_bias = any_bias(weights, &ExpertWeights::down);
  const struct {
    Memory* to;
    std::size_t bytes;
  } all[] = {{&result.gate_up, gate_up_rows * sizes.row(sizes.hidden)},
             {&result.gate_up_scales, gate_up_rows * sizes.scales(sizes.hidden)},
             {&result.gate_up_bias, gate_up_bias ? gate_up_rows * sizeof(float) : 0},
             {&result.down, down_rows * sizes.row(sizes.intermediate)},
             {&result.down_scales, down_rows * sizes.scales(sizes.intermediate)},
             {&result.down_bias, down_bias ? down_rows * sizeof(float) : 0}};
  for (const auto& [to, bytes] : all) {
    if (bytes == 0) continue;
    auto memory = Memory::allocate(device, bytes);
    if (!memory) return tl::unexpected(memory.error());
    *to = std::move(*memory);
  }
  return {};
}

// Whether a byte is past 127 and the bias of the format's exponent.
bool any_large(const std::vector<std::uint32_t>& words, WeightFormat format) {
  const std::uint8_t most = format == WeightFormat::mxfp6_e3m2 ? 127 + mx::Fp6E3M2::bias
                            : format == WeightFormat::mxfp4    ? 127 + mx::Fp4E2M1::bias
                                                               : 127 + mx::Fp6E2M3::bias;
  const auto bytes = std::as_bytes(std::span(words));
  return std::any_of(bytes.begin(), bytes.end(),
                     [&](std::byte byte) { return std::to_integer<std::uint8_t>(byte) > most; });
}

// Rows of the matrices of one expert, one after the other, to their place among all experts'.
Expected<void> upload_expert(Device& device, const Sizes& sizes, std::size_t e,
                             std::span<const MxMatrix* const> matrices, std::size_t rows,
                             std::size_t columns, const Memory& elements, const Memory& scales,
                             const Memory& bias, bool& large_scales) {
  const std::size_t at = e * matrices.size() * rows;
  Rows staged, staged_scales;
  if (sizes.layout != WeightLayout::rows) {
    Fragments fragments;
    const bool blocks = sizes.layout == WeightLayout::blocks;
    const auto arrangement = blocks                               ? device::Arrangement::blocks
                             : sizes.layout == WeightLayout::runs ? device::Arrangement::runs
                                                                  : device::Arrangement::steps;
    const auto order = blocks ? device::Fp4Order::natural : fp4_order(device.info().architecture);
    for (const MxMatrix* m : matrices) {
      append_fragments(*m, rows, columns, sizes.format, arrangement, order, fragments);
    }
    staged.add(fragments.elements);
    staged_scales.add(fragments.scales);
    large_scales = large_scales || any_large(fragments.scales, sizes.format);
  } else {
    for (const MxMatrix* m : matrices) {
      staged.add(m->elements, rows, m->row_step, sizes.row(columns));
      staged_scales.add(m->scales, rows, m->row_step, sizes.scales(columns));
    }
  }
  if (auto ok = staged.upload(device, elements, at * sizes.row(columns)); !ok) return ok;
  if (auto ok = staged_scales.upload(device, scales, at * sizes.scales(columns)); !ok) return ok;
  if (bias.bytes() == 0) return {};
  for (const MxMatrix* m : matrices) staged.add(m->bias, rows, m->row_step);
  return staged.upload(device, bias, at * sizeof(float));
}

}  // namespace

Expected<DeviceWeights> upload_weights(Device& device, const LayerConfig& config,
                                       const LayerWeights& weights, WeightLayout layout) {
  const Sizes sizes{
      static_cast<std::size_t>(config.shape.experts), static_cast<std::size_t>(config.shape.hidden),
      static_cast<std::size_t>(config.shape.intermediate), info(config.scheme).weight, layout};
  DeviceWeights result;
  if (auto ok = allocate(device, sizes, weights, result); !ok) return tl::unexpected(ok.error());
  if (auto ok = upload_router(device, sizes, weights, result); !ok) {
    return tl::unexpected(ok.error());
  }
  for (std::size_t e = 0; e < sizes.experts; ++e) {
    const ExpertWeights& expert = weights.experts[e];
    const MxMatrix* const gate_up[] = {&expert.gate, &expert.up};
    const MxMatrix* const down[] = {&expert.down};
    auto ok =
        upload_expert(device, sizes, e, gate_up, sizes.intermediate, sizes.hidden, result.gate_up,
                      result.gate_up_scales, result.gate_up_bias, result.large_scales);
    if (ok) {
      ok = upload_expert(device, sizes, e, down, sizes.hidden, sizes.intermediate, result.down,
                         result.down_scales, result.down_bias, result.large_scales);
    }
    if (!ok) return tl::unexpected(ok.error());
  }
  return result;
}

}  // namespace switchyard::kernels::gpu
