#include "runtime/log/log_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

namespace switchyard {
namespace {

std::string with_pid(std::string path) {
  constexpr std::string_view kPid = "{pid}";
  for (std::size_t at = path.find(kPid); at != std::string::npos; at = path.find(kPid)) {
    path.replace(at, kPid.size(), std::to_string(::getpid()));
  }
  return path;
}

// What to do about an errno, for the errors that people meet.
const char* remedy(int error) {
  switch (error) {
    case ENOENT:
      return "; make its folder";
    case EACCES:
    case EPERM:
    case EROFS:
      return "; let this process write there, or name another file";
    case ENOSPC:
    case EDQUOT:
      return "; make room: lines are dropped and counted until there is";
    default:
      return "";
  }
}

}  // namespace

LogFile::LogFile(std::string path, std::uint64_t max_bytes, std::uint32_t keep)
    : path_(std::move(path)), max_bytes_(max_bytes), keep_(keep), rotate_at_(max_bytes) {}

LogFile::LogFile(LogFile&& other) noexcept
    : path_(std::move(other.path_)),
      max_bytes_(other.max_bytes_),
      keep_(other.keep_),
      file_(std::exchange(other.file_, -1)),
      size_(other.size_),
      rotate_at_(other.rotate_at_),
      rotations_(other.rotations_),
      rotation_problem_(std::move(other.rotation_problem_)) {}

LogFile::~LogFile() {
  if (file_ >= 0) ::close(file_);
}

Expected<int> LogFile::open_locked(const std::string& path, std::uint64_t& size) {
  // Without O_NONBLOCK a pipe that nobody reads would wait here.
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK, 0644);
  if (file < 0) {
    const int error = errno;
    return fail(fmt::format("cannot open the decision log `{}`: {}{}", path, std::strerror(error),
                            remedy(error)));
  }
  const auto give_up = [&](std::string message) {
    ::close(file);
    return fail(std::move(message));
  };
  struct stat status = {};
  if (::fstat(file, &status) != 0 || !S_ISREG(status.st_mode)) {
    return give_up(fmt::format("the decision log `{}` is not a regular file; name one", path));
  }
  if (::flock(file, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
    return give_up(
        fmt::format("another log writes `{}`; give each process a file of its own, as "
                    "with `{{pid}}` in the path",
                    path));
  }
  size = static_cast<std::uint64_t>(status.st_size);
  char last = '\n';
  if (size > 0 && ::pread(file, &last, 1, status.st_size - 1) == 1 && last != '\n') {
    // A process died while writing: its half line must not swallow our first.
    if (::write(file, "\n", 1) == 1) ++size;
  }
  return file;
}

Expected<LogFile> LogFile::open(std::string path, std::uint64_t max_bytes, std::uint32_t keep) {
  LogFile result(with_pid(std::move(path)), max_bytes, keep);
  const Expected<int> file = open_locked(result.path_, result.size_);
  if (!file) return tl::unexpected(file.error());
  result.file_ = *file;
  return result;
}

Expected<void> LogFile::write(std::string_view lines, std::uint64_t& written) {
  written = 0;
  while (!lines.empty()) {
    const std::uint64_t room = rotate_at_ > size_ ? rotate_at_ - size_ : 0;
    std::size_t take = lines.size();
    if (take > room) {
      const std::size_t end = room == 0 ? std::string_view::npos : lines.rfind('\n', room - 1);
      if (end != std::string_view::npos) {
        take = end + 1;
      } else if (size_ > 0) {
        rotate();
        continue;
      } else {
        take = lines.find('\n') + 1;  // a line longer than a file: it gets one of its own
      }
    }
    if (auto done = append(lines.substr(0, take), written); !done) return done;
    lines.remove_prefix(take);
  }
  return {};
}

Expected<void> LogFile::append(std::string_view lines, std::uint64_t& written) {
  std::size_t done = 0;
  while (done < lines.size()) {
    const ssize_t count = ::write(file_, lines.data() + done, lines.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      const int error = errno;
      const std::size_t end = done == 0 ? std::string_view::npos : lines.rfind('\n', done - 1);
      const std::string_view whole = lines.substr(0, end + 1);  // npos + 1 is 0
      // Were the half line to stay, the next one would be lost too.
      if (::ftruncate(file_, static_cast<off_t>(size_ + whole.size())) != 0 &&
          done > whole.size()) {
        (void)!::write(file_, "\n", 1);
      }
      size_ += whole.size();
      written += static_cast<std::uint64_t>(std::count(whole.begin(), whole.end(), '\n'));
      return fail(fmt::format("cannot write the decision log `{}`: {}{}", path_,
                              std::strerror(error), remedy(error)));
    }
    done += static_cast<std::size_t>(count);
  }
  size_ += lines.size();
  written += static_cast<std::uint64_t>(std::count(lines.begin(), lines.end(), '\n'));
  return {};
}

void LogFile::rotate() {
  const auto numbered = [&](std::uint32_t i) { return fmt::format("{}.{}", path_, i); };
  for (std::uint32_t i = keep_ - 1; i >= 1; --i) {
    // One that is not there is no error; one that cannot be moved is overwritten by the next.
    (void)std::rename(numbered(i).c_str(), numbered(i + 1).c_str());
  }
  std::uint64_t size = 0;
  if (std::rename(path_.c_str(), numbered(1).c_str()) != 0) {
    const int error = errno;
    rotation_problem_ = fmt::format(
        "cannot rename the decision log `{}` to `{}`: {}; it grows past "
        "{} bytes",
        path_, numbered(1), std::strerror(error), max_bytes_);
  } else if (const Expected<int> file = open_locked(path_, size); !file) {
    rotation_problem_ = file.error().message + fmt::format("; lines go on into `{}`", numbered(1));
  } else {
    ::close(file_);
    file_ = *file;
    size_ = size;
    rotate_at_ = max_bytes_;
    ++rotations_;
    rotation_problem_.clear();
    return;
  }
  rotate_at_ = size_ + max_bytes_;
}

void LogFile::follow_path() {
  struct stat own = {};
  struct stat there = {};
  const bool same = ::fstat(file_, &own) == 0 && ::stat(path_.c_str(), &there) == 0 &&
                    own.st_ino == there.st_ino && own.st_dev == there.st_dev;
  if (same) return;
  std::uint64_t size = 0;
  const Expected<int> file = open_locked(path_, size);
  if (!file) {
    rotation_problem_ = file.error().message + "; lines go on into the file that was moved away";
    return;
  }
  ::close(file_);
  file_ = *file;
  size_ = size;
  rotate_at_ = max_bytes_;
  rotation_problem_.clear();
}

}  // namespace switchyard
