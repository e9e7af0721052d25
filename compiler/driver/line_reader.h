#pragma once

#include <cstddef>
#include <functional>
#include <string_view>
#include <vector>

#include "runtime/base/error.h"

namespace switchyard::driver {

// Splits a stream into lines without holding more than the longest one. Each line handed out is
// followed by at least kPadding readable bytes, as simdjson needs.
class LineReader {
 public:
  static constexpr std::size_t kPadding = 64;
  static constexpr std::size_t kMaxLine = 16u << 20;

  // Reads from a file descriptor that the caller keeps open.
  explicit LineReader(int descriptor);

  struct Handlers {
    // Without the newline, the first one without a byte order mark.
    std::function<void(std::string_view line)> line;
    std::function<void()> too_long;                   // a line past kMaxLine was skipped
    std::function<void()> batch;                      // everything read so far has been handed out
  };
  // Until the end of the stream; fails when reading does.
  Expected<void> run(const Handlers& handlers);

 private:
  int descriptor_;
  std::vector<char> buffer_;
};

}  // namespace switchyard::driver
