#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace switchyard::checkpoint {

// The element types of a safetensors file, named as in its header. The sub-byte ones are packed:
// a tensor's bits must come to whole bytes.
enum class Dtype : std::uint8_t {
  boolean,
  f4,
  f6_e2m3,
  f6_e3m2,
  u8,
  i8,
  f8_e4m3,
  f8_e5m2,
  f8_e8m0,
  i16,
  u16,
  f16,
  bf16,
  i32,
  u32,
  f32,
  i64,
  u64,
  f64,
};

// "BOOL", "U8", "BF16", …
std::string_view name_of(Dtype dtype);

std::optional<Dtype> dtype_from_name(std::string_view name);

// 4 to 64.
int bits_of(Dtype dtype);

}  // namespace switchyard::checkpoint
