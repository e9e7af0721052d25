#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "runtime/base/error.h"

namespace switchyard::checkpoint {

// A regular file mapped for reading. Movable; the bytes stay where they are while it lives.
// Reading is safe from several threads. A file that somebody truncates meanwhile raises SIGBUS on
// access: checkpoints are replaced by renaming, never shortened in place.
class MappedFile {
 public:
  // Fails if the path is missing, not a regular file, or cannot be read.
  static Expected<MappedFile> open(const std::string& path);

  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  ~MappedFile();

  // Empty for an empty file. Page-aligned otherwise.
  std::span<const std::byte> bytes() const { return {data_, size_}; }

 private:
  MappedFile(const std::byte* data, std::size_t size) : data_(data), size_(size) {}

  const std::byte* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace switchyard::checkpoint
