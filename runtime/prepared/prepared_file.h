#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "runtime/base/error.h"
#include "runtime/prepared/hash.h"

// Weights as a kernel has prepared them, in a file: README.md has its layout.
namespace switchyard {

// A layout's name is not longer.
inline constexpr std::size_t kMostLayoutBytes = 183;

// Memory for prepared weights, in large pages where the system has them. Aligned to 2 MiB.
class PreparedBytes {
 public:
  // Fails where there is not that much.
  static Expected<PreparedBytes> allocate(std::size_t size);

  std::span<std::byte> bytes() { return {data_.get(), size_}; }
  std::span<const std::byte> bytes() const { return {data_.get(), size_}; }

 private:
  struct Unmap {
    std::size_t size;
    void operator()(std::byte* data) const;
  };
  std::unique_ptr<std::byte, Unmap> data_{nullptr, Unmap{0}};
  std::size_t size_ = 0;
};

struct PreparedFile {
  std::optional<PreparedBytes> bytes;  // verified
  std::string layout;                  // of the bytes: whether a kernel reads it is for it to say
  // Why there are none though there is a file: "FILE is truncated: …". Empty if there is no file.
  std::string problem;
  // The file is none of ours, so that it must not be replaced: somebody named the wrong one.
  bool foreign = false;
};

// Reads a file whole, into memory of this process, and compares every checksum before it gives a
// byte: whatever the file holds, and whatever somebody does to it meanwhile, the result is what was
// written for these weights, or a problem. On all threads of the pool.
PreparedFile read_prepared(const std::string& path, const Hash& weights, kernels::ThreadPool& pool);

// Writes it whole or not at all (a temporary file beside it, renamed). Fails as the disk does, and
// where the layout's name is empty or too long.
Expected<void> write_prepared(const std::string& path, std::string_view layout, const Hash& weights,
                              std::span<const std::byte> bytes, kernels::ThreadPool& pool);

// Where prepared weights go for what a user named: the file itself, or a file in that folder whose
// name is made of the device and the weights.
std::string prepared_path(const std::string& named, std::string_view device, const Hash& weights);

}  // namespace switchyard
