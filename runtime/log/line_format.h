#pragma once

#include <cstdint>
#include <string>

#include "runtime/log/thread_log.h"

namespace switchyard {

// Formats the lines of a decision log (docs/log-format.md). Not thread-safe.
class LineFormat {
 public:
  // Appends one line with its newline. `dropped`: lines lost since the last one, told when not 0.
  void append(std::string& out, const LogRecord& record, const void* facts, std::uint64_t dropped);

 private:
  std::int64_t time_ns_ = -1;  // that time_ is of; the clock ticks slower than lines come
  std::string time_;
};

}  // namespace switchyard
