#include "compiler/driver/line_reader.h"

#include <cerrno>
#include <cstring>
#include <string>

#include <unistd.h>

namespace switchyard::driver {

LineReader::LineReader(int descriptor) : descriptor_(descriptor), buffer_((1u << 20) + kPadding) {}

Expected<void> LineReader::run(const Handlers& handlers) {
  std::size_t filled = 0;       // bytes at the front of the buffer: the beginning of a line
  bool skipping = false;        // inside a line that is too long
  bool first = true;
  const auto hand_out = [&](std::string_view line) {
    constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
    if (first && line.substr(0, kByteOrderMark.size()) == kByteOrderMark) {
      line.remove_prefix(kByteOrderMark.size());
    }
    first = false;
    handlers.line(line);
  };
  for (;;) {
    if (filled + kPadding == buffer_.size()) {
      if (buffer_.size() >= kMaxLine) {
        if (!skipping) handlers.too_long();
        first = false;
        skipping = true;
        filled = 0;
      } else {
        buffer_.resize((buffer_.size() - kPadding) * 2 + kPadding);
      }
    }
    const ssize_t count = read(descriptor_, buffer_.data() + filled, buffer_.size() - kPadding - filled);
    if (count < 0) {
      if (errno == EINTR) continue;
      return fail(std::string("cannot read the input: ") + std::strerror(errno));
    }
    const bool ended = count == 0;
    const std::size_t end = filled + static_cast<std::size_t>(count);
    std::size_t begin = 0;
    // What came before `filled` holds no newline.
    for (std::size_t from = filled; from < end;) {
      const void* found = std::memchr(buffer_.data() + from, '\n', end - from);
      if (found == nullptr) break;
      const auto newline = static_cast<std::size_t>(static_cast<const char*>(found) - buffer_.data());
      if (!skipping) hand_out({buffer_.data() + begin, newline - begin});
      skipping = false;
      begin = from = newline + 1;
    }
    if (ended && begin < end && !skipping) hand_out({buffer_.data() + begin, end - begin});
    handlers.batch();
    if (ended) return {};
    std::memmove(buffer_.data(), buffer_.data() + begin, end - begin);
    filled = end - begin;
  }
}

}  // namespace switchyard::driver
