#include "runtime/table/file_bytes.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <new>
#include <utility>

#include <fmt/format.h>

#include "runtime/format/file_layout.h"

namespace switchyard {
namespace {

constexpr std::align_val_t kAlign{format::kAlignment};

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

}  // namespace

Expected<FileBytes> FileBytes::map(const std::string& path) {
  // O_NONBLOCK: opening a pipe that nobody writes to must not hang; files do not mind.
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.get() < 0) {
    return fail(fmt::format("cannot open the table `{}`: {}", path, std::strerror(errno)));
  }
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) {
    return fail(fmt::format("cannot read the table `{}`: {}", path, std::strerror(errno)));
  }
  if (S_ISDIR(status.st_mode)) {
    return fail(fmt::format("`{}` is a folder; name a table written by `policyc POLICY -o TABLE`",
                            path));
  }
  if (!S_ISREG(status.st_mode)) {
    return fail(fmt::format("`{}` is not a regular file; a table is mapped, so it must be one", path));
  }
  const auto size = static_cast<std::size_t>(status.st_size);
  if (size == 0) {
    return fail(fmt::format("the table `{}` is empty; write it again with `policyc POLICY -o {}`",
                            path, path));
  }
  void* data = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.get(), 0);
  if (data == MAP_FAILED) {
    return fail(fmt::format("cannot map the table `{}`: {}", path, std::strerror(errno)));
  }
  return FileBytes(static_cast<std::byte*>(data), size, true);
}

FileBytes FileBytes::copy(std::span<const std::byte> bytes) {
  auto* data = static_cast<std::byte*>(::operator new(bytes.size() + 1, kAlign));
  if (!bytes.empty()) std::memcpy(data, bytes.data(), bytes.size());
  return FileBytes(data, bytes.size(), false);
}

FileBytes::FileBytes(FileBytes&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)),
      mapped_(other.mapped_) {}

FileBytes& FileBytes::operator=(FileBytes&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  std::swap(mapped_, other.mapped_);
  return *this;
}

FileBytes::~FileBytes() {
  if (data_ == nullptr) return;
  if (mapped_) {
    ::munmap(data_, size_);
  } else {
    ::operator delete(data_, kAlign);
  }
}

}  // namespace switchyard
