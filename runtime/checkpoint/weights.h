#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "kernels/moe/scheme.h"
#include "kernels/mx/bf16.h"

// Numbers that look like a trained model's, the same for the same seed: gaussian, with one value in
// 512 six times as large, since outliers are what block scales are for.
namespace switchyard::checkpoint {

// Fills a row of a tensor: standard deviation `deviation`. Rows are independent: the same seed,
// name and row give the same values in any order of calls.
void fill_row(std::uint64_t seed, std::string_view name, std::int64_t row, float deviation,
              std::span<float> values);

// Rounds to bf16 bytes.
void store_bf16(std::span<const float> values, std::span<std::byte> bytes);

// MX blocks of a row whose length is a multiple of 32: packed elements, and one e8m0 a block.
void quantise(kernels::WeightFormat format, std::span<const float> values,
              std::span<std::uint8_t> elements, std::span<std::uint8_t> scales);

// Activations [tokens, hidden] as a layer sees them after its norm: deviation 1, and one column in
// 64 four times as large.
std::vector<kernels::Bf16> make_activations(std::uint64_t seed, std::int64_t tokens,
                                            std::int64_t hidden);

}  // namespace switchyard::checkpoint
