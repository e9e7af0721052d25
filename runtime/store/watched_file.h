#pragma once

#include <sys/stat.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "runtime/base/error.h"

namespace switchyard {

// Which file a path led to, and when it was written. All zero: there was none.
struct FileState {
  std::uint64_t device = 0, inode = 0, size = 0;
  std::int64_t modified_ns = 0, changed_ns = 0;

  friend bool operator==(const FileState&, const FileState&) = default;
};
FileState state_of(const std::string& path);  // follows symbolic links

// A file read whole, or why it could not be.
struct FileContent {
  enum class Kind : std::uint8_t {
    kRead,
    kMissing,   // no such file, or a folder on the way is missing
    kChanging,  // it was written to while it was read
    kUnusable,  // a folder, a pipe, not permitted, too large
  };
  Kind kind = Kind::kUnusable;
  std::vector<std::byte> bytes;  // kRead
  std::string problem;           // else: what was found and what to do
  FileState state;
};

// Reads, never maps: the file may be written to in place while its table is in use. Never blocks on
// a pipe. `what` is "table" or "policy", for messages.
FileContent read_content(const std::string& path, std::uint64_t max_bytes, const char* what);

}  // namespace switchyard
