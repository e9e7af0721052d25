#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "runtime/base/error.h"
#include "runtime/checkpoint/dtype.h"

namespace switchyard::checkpoint {

// A tensor to write: its type and extents, and a function that fills its bytes when their turn
// comes, so that no more than one tensor is in memory.
struct TensorSource {
  std::string name;
  Dtype dtype = Dtype::u8;
  std::vector<std::int64_t> shape;
  std::function<void(std::span<std::byte>)> fill;

  // Bytes of the tensor. The extents are ours, so they fit.
  std::uint64_t bytes() const;
};

// Writes a safetensors file, tensors in the given order, the data aligned to 8 bytes. The file
// appears whole or not at all. Names must differ.
Expected<void> write_safetensors(const std::string& path, const std::vector<TensorSource>& tensors);

}  // namespace switchyard::checkpoint
