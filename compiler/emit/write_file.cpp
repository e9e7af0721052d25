#include "compiler/emit/write_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include <fmt/format.h>

namespace switchyard {

namespace {

tl::unexpected<Error> failed(const std::string& path, const char* what) {
  return fail(fmt::format("cannot write `{}`: {}: {}; the file is as it was", path, what,
                          std::strerror(errno)));
}

// Everything, or false with errno.
bool write_all(int file, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return true;
}

// The permissions that a new file would get.
mode_t new_file_mode() {
  const mode_t mask = ::umask(0);
  ::umask(mask);
  return 0666 & ~mask;
}

}  // namespace

Expected<void> write_file(const std::string& given, std::span<const std::byte> bytes) {
  struct stat status {};
  const bool exists = ::stat(given.c_str(), &status) == 0;
  // Behind a symbolic link the file itself is replaced, and keeps its permissions.
  std::error_code unresolved;
  const std::filesystem::path resolved = std::filesystem::canonical(given, unresolved);
  const std::string path = exists && !unresolved ? resolved.string() : given;
  if (exists && !S_ISREG(status.st_mode)) {
    return fail(fmt::format("cannot write `{}`: it is {}; name a file", given,
                            S_ISDIR(status.st_mode) ? "a folder" : "not a regular file"));
  }
  const std::size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const std::string name = slash == std::string::npos ? path : path.substr(slash + 1);
  if (name.empty()) return fail(fmt::format("cannot write `{}`: it names no file", path));

  std::string temporary = folder + (slash == std::string::npos ? "/." : ".") + name + ".XXXXXX";
  const int file = ::mkostemp(temporary.data(), O_CLOEXEC);
  if (file < 0 && errno == ENOENT) {
    return fail(fmt::format("cannot write `{}`: there is no folder `{}`, or no file can be made in it; "
                            "name another, or create it first", path, folder));
  }
  if (file < 0) return failed(path, "no file can be made in its folder");
  const bool written = write_all(file, bytes) &&
                       ::fchmod(file, exists ? status.st_mode & 07777 : new_file_mode()) == 0 &&
                       ::fsync(file) == 0;
  const bool closed = ::close(file) == 0;
  if (!written || !closed || ::rename(temporary.c_str(), path.c_str()) != 0) {
    auto error = failed(path, "writing failed");
    ::unlink(temporary.c_str());
    return error;
  }
  // So that the new name outlives a crash of the machine; where a folder cannot be synced (some
  // network file systems), the rename stands all the same.
  const int parent = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (parent >= 0) {
    ::fsync(parent);
    ::close(parent);
  }
  return {};
}

}  // namespace switchyard
