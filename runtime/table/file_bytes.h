#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "runtime/base/error.h"

namespace switchyard {

// The bytes of a table, mapped from a file or copied, at an address that is a multiple of 64.
// Read-only; owns them; moves, does not copy.
class FileBytes {
 public:
  // Errors: no such file, not permitted, a folder, empty, anything else that is not a file.
  static Expected<FileBytes> map(const std::string& path);
  static FileBytes copy(std::span<const std::byte> bytes);

  FileBytes(FileBytes&& other) noexcept;
  FileBytes& operator=(FileBytes&& other) noexcept;
  ~FileBytes();

  std::span<const std::byte> bytes() const { return {data_, size_}; }

 private:
  FileBytes(std::byte* data, std::size_t size, bool mapped)
      : data_(data), size_(size), mapped_(mapped) {}

  std::byte* data_ = nullptr;
  std::size_t size_ = 0;
  bool mapped_ = false;
};

}  // namespace switchyard
