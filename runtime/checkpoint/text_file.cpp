#include "runtime/checkpoint/text_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <vector>

#include "runtime/checkpoint/mapped_file.h"

namespace switchyard::checkpoint {
namespace {

Expected<void> write_all(int file, const std::string& path, const void* data, std::size_t size) {
  const char* next = static_cast<const char*>(data);
  while (size > 0) {
    const ssize_t written = ::write(file, next, size);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return fail(fmt::format("cannot write {}: {}", path, std::strerror(errno)));
    next += written;
    size -= static_cast<std::size_t>(written);
  }
  return {};
}

// A rename is on the disk once its folder is.
void flush_folder_of(const std::string& path) {
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  const std::string name = folder.empty() ? "." : folder.string();
  const int file = ::open(name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file < 0) return;
  ::fsync(file);
  ::close(file);
}

}  // namespace

Expected<std::string> read_text(const std::string& path, std::size_t limit) {
  const Expected<MappedFile> file = MappedFile::open(path);
  if (!file) return tl::unexpected(file.error());
  const auto bytes = file->bytes();
  if (bytes.size() > limit) {
    return fail(
        fmt::format("{} has {} bytes, more than the {} that are read; is it the right file?", path,
                    bytes.size(), limit));
  }
  return std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

Expected<void> replace_file(const std::string& path,
                            const std::function<Expected<void>(const Append&)>& write) {
  std::vector<char> temporary(path.begin(), path.end());
  for (const char c : std::string_view(".tmp-XXXXXX")) temporary.push_back(c);
  temporary.push_back('\0');
  const int file = ::mkstemp(temporary.data());
  if (file < 0) return fail(fmt::format("cannot write {}: {}", path, std::strerror(errno)));
  // mkstemp gives 0600; the result is a file like any other.
  const mode_t mask = ::umask(0);
  ::umask(mask);
  ::fchmod(file, 0666 & ~mask);

  Expected<void> result = write(
      [&](const void* data, std::size_t size) { return write_all(file, path, data, size); });
  if (result && ::fsync(file) != 0) {
    result = fail(fmt::format("cannot write {}: {}", path, std::strerror(errno)));
  }
  if (::close(file) != 0 && result) {
    result = fail(fmt::format("cannot write {}: {}", path, std::strerror(errno)));
  }
  if (result && ::rename(temporary.data(), path.c_str()) != 0) {
    result = fail(fmt::format("cannot write {}: {}", path, std::strerror(errno)));
  }
  if (!result) {
    ::unlink(temporary.data());
    return result;
  }
  flush_folder_of(path);
  return {};
}

Expected<void> replace_file(const std::string& path, std::string_view text) {
  return replace_file(path, [&](const Append& append) { return append(text.data(), text.size()); });
}

}  // namespace switchyard::checkpoint
