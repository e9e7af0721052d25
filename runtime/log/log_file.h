#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "runtime/base/error.h"

namespace switchyard {

// A file of whole lines that is only appended to, rotated by size, and locked against a second
// writer (flock). Not thread-safe.
class LogFile {
 public:
  // `{pid}` in `path` becomes the process id. Appends to what is there. Errors: no such folder, not
  // a file, not allowed, written by another process.
  static Expected<LogFile> open(std::string path, std::uint64_t max_bytes, std::uint32_t keep);

  LogFile(LogFile&& other) noexcept;
  LogFile& operator=(LogFile&&) = delete;
  ~LogFile();

  // `lines` end in newlines. Rotates between lines where they would pass max_bytes. On an error
  // (full disk, …) the file ends with the last line that is whole in it, and `written` says how
  // many lines that were. A rotation that fails is no error here: see rotation_problem().
  Expected<void> write(std::string_view lines, std::uint64_t& written);

  // When something else moved or deleted the file: goes on in a new one of that name. Cheap enough
  // for once a second.
  void follow_path();

  const std::string& path() const { return path_; }
  std::uint64_t rotations() const { return rotations_; }
  // Why the last rotation, or following the path, failed; empty after one that worked. Lines go on
  // into the old file.
  const std::string& rotation_problem() const { return rotation_problem_; }

 private:
  LogFile(std::string path, std::uint64_t max_bytes, std::uint32_t keep);

  Expected<void> append(std::string_view lines, std::uint64_t& written);
  void rotate();
  static Expected<int> open_locked(const std::string& path, std::uint64_t& size);

  std::string path_;
  std::uint64_t max_bytes_;
  std::uint32_t keep_;
  int file_ = -1;
  std::uint64_t size_ = 0;
  std::uint64_t rotate_at_;  // size; later than max_bytes_ after a rotation that failed
  std::uint64_t rotations_ = 0;
  std::string rotation_problem_;
};

}  // namespace switchyard
