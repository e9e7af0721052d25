#include "runtime/checkpoint/mapped_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace switchyard::checkpoint {

Expected<MappedFile> MappedFile::open(const std::string& path) {
  // Without O_NONBLOCK a pipe waits for its writer; regular files do not care.
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) return fail(fmt::format("cannot open {}: {}", path, std::strerror(errno)));
  struct stat status = {};
  if (::fstat(file, &status) != 0) {
    const int code = errno;
    ::close(file);
    return fail(fmt::format("cannot read {}: {}", path, std::strerror(code)));
  }
  if (!S_ISREG(status.st_mode)) {
    ::close(file);
    return fail(fmt::format("{} is not a regular file; name the file itself", path));
  }
  const auto size = static_cast<std::size_t>(status.st_size);
  if (size == 0) {
    ::close(file);
    return MappedFile(nullptr, 0);
  }
  void* data = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file, 0);
  const int code = errno;
  ::close(file);
  if (data == MAP_FAILED) {
    return fail(fmt::format("cannot map {} ({} bytes): {}", path, size, std::strerror(code)));
  }
  return MappedFile(static_cast<const std::byte*>(data), size);
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

MappedFile::~MappedFile() {
  if (data_ != nullptr) ::munmap(const_cast<std::byte*>(data_), size_);
}

}  // namespace switchyard::checkpoint
