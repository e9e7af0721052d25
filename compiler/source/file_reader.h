#pragma once

#include <string>
#include <string_view>

#include "runtime/base/error.h"

namespace switchyard {

// Where the bytes behind paths come from: the disk, or a revision in git (compiler/git). Paths are
// those that users and imports write, with `/` between folders.
class FileReader {
 public:
  FileReader() = default;
  FileReader(const FileReader&) = delete;
  FileReader& operator=(const FileReader&) = delete;
  virtual ~FileReader() = default;

  // The whole file. Fails when it cannot be read, is a folder, or exceeds `limit` bytes.
  virtual Expected<std::string> read(const std::string& path, std::size_t limit) const = 0;
  // The path as messages show it.
  virtual std::string name(const std::string& path) const = 0;
};

// What to do about a path that cannot be read, by what was to be read from it: the ends of messages.
struct FileAdvice {
  std::string_view folder = "name a policy file in it";
  std::string_view too_large = "split it with `import`";
};

// Files as the operating system finds them.
class DiskReader final : public FileReader {
 public:
  explicit DiskReader(FileAdvice advice = {}) : advice_(advice) {}

  Expected<std::string> read(const std::string& path, std::size_t limit) const override;
  std::string name(const std::string& path) const override { return path; }

 private:
  FileAdvice advice_;
};

}  // namespace switchyard
