#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "kernels/cpu/thread_pool.h"
#include "kernels/moe/layer.h"

namespace switchyard {

// XXH3 of 128 bits. It finds what a disk, a copy or a new model changes, not what somebody forges.
struct Hash {
  std::array<std::uint64_t, 2> words{};
  bool operator==(const Hash&) const = default;
};

// Of a block of bytes, on all threads of the pool: XXH3 of the hashes of its pieces of 4 MiB.
Hash hash_bytes(std::span<const std::byte> bytes, kernels::ThreadPool& pool);

// Of what kernels prepare: scheme, shape, and every element, scale and bias of every expert, row by
// row, so that it is the same for every layout of a checkpoint. The router is not among it, and no
// kernel's prepared bytes may depend on it. Reads all weights once; `config` and `weights` valid.
Hash hash_weights(const kernels::LayerConfig& config, const kernels::LayerWeights& weights,
                  kernels::ThreadPool& pool);

}  // namespace switchyard
