#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "runtime/base/error.h"
#include "runtime/base/export.h"
#include "runtime/format/file_layout.h"
#include "runtime/format/policy_table_generated.h"

namespace switchyard {

// A table's sections, found and typed, nothing inside them checked but the FlatBuffer's structure.
struct Sections {
  std::uint16_t major = 0, minor = 0;
  std::string hash;  // 32 hexadecimal digits
  const format::PolicyTable* policy = nullptr;
  std::size_t policy_size = 0;  // bytes of its section
  std::span<const char> text;
  std::span<const std::uint16_t> lookups;
  std::span<const std::int64_t> bounds;
  std::span<const std::uint16_t> cells;
  std::span<const std::uint32_t> nodes;
  std::span<const std::uint64_t> bit_rows;
  std::span<const std::uint32_t> leaves;
  std::span<const std::uint32_t> program;
};

// Checks the header, version, size, content hash, section directory and the FlatBuffer. `bytes` is
// aligned to 64 and outlives the result; `name` is for errors.
Expected<Sections> read_sections(std::span<const std::byte> bytes, const std::string& name);

// XXH3-128 in canonical byte order.
SWITCHYARD_EXPORT void content_hash(std::span<const std::byte> bytes, std::uint8_t (&hash)[16]);

}  // namespace switchyard
