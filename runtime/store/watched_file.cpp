#include "runtime/store/watched_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include <fmt/format.h>

namespace switchyard {
namespace {

std::int64_t nanoseconds(const struct timespec& time) {
  return static_cast<std::int64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

FileState state_of(const struct stat& status) {
  return {status.st_dev, status.st_ino, static_cast<std::uint64_t>(status.st_size),
          nanoseconds(status.st_mtim), nanoseconds(status.st_ctim)};
}

FileContent problem(FileContent::Kind kind, std::string text, const FileState& state = {}) {
  FileContent out;
  out.kind = kind;
  out.problem = std::move(text);
  out.state = state;
  return out;
}

// Until the end of the file, or more than `size` bytes; false when reading fails.
bool read_all(int fd, std::size_t size, std::vector<std::byte>& bytes) {
  bytes.resize(size + 1);  // one more, so that growth shows
  std::size_t have = 0;
  while (have < bytes.size()) {
    const ssize_t got = ::read(fd, bytes.data() + have, bytes.size() - have);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return false;
    if (got == 0) break;
    have += static_cast<std::size_t>(got);
  }
  bytes.resize(have);
  return true;
}

FileContent read_open(int fd, const std::string& path, std::uint64_t max_bytes, const char* what) {
  using Kind = FileContent::Kind;
  struct stat before {};
  if (::fstat(fd, &before) != 0) {
    return problem(Kind::kUnusable,
                   fmt::format("cannot read the {} `{}`: {}", what, path, std::strerror(errno)));
  }
  FileContent out;
  out.state = state_of(before);
  if (!S_ISREG(before.st_mode)) {
    return problem(Kind::kUnusable,
                   fmt::format("`{}` is {}; a {} is a regular file", path,
                               S_ISDIR(before.st_mode) ? "a folder" : "no regular file", what),
                   out.state);
  }
  if (out.state.size > max_bytes) {
    return problem(Kind::kUnusable,
                   fmt::format("the {} `{}` has {} bytes, more than the {} that the store takes", what,
                               path, out.state.size, max_bytes),
                   out.state);
  }
  if (!read_all(fd, out.state.size, out.bytes)) {
    return problem(Kind::kUnusable,
                   fmt::format("cannot read the {} `{}`: {}", what, path, std::strerror(errno)),
                   out.state);
  }
  struct stat after {};
  if (::fstat(fd, &after) != 0 || out.bytes.size() != out.state.size ||
      after.st_size != before.st_size ||
      nanoseconds(after.st_mtim) != nanoseconds(before.st_mtim)) {
    return problem(Kind::kChanging, fmt::format("the {} `{}` is being written", what, path));
  }
  out.kind = Kind::kRead;
  return out;
}

}  // namespace

FileState state_of(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return {};
  return state_of(status);
}

FileContent read_content(const std::string& path, std::uint64_t max_bytes, const char* what) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) {
    const bool missing = errno == ENOENT || errno == ENOTDIR;
    return problem(missing ? FileContent::Kind::kMissing : FileContent::Kind::kUnusable,
                   fmt::format("cannot open the {} `{}`: {}", what, path, std::strerror(errno)));
  }
  FileContent out = read_open(fd, path, max_bytes, what);
  ::close(fd);
  return out;
}

}  // namespace switchyard
