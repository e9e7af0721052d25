#include "runtime/log/log_config.h"

#include <fmt/format.h>

#include <bit>

namespace switchyard {

Expected<void> check(const LogConfig& config) {
  using namespace std::chrono_literals;
  if (config.max_file_bytes < 4'096) {
    return fail(fmt::format("max_file_bytes is {}, too small for a line; give 4096 or more",
                            config.max_file_bytes));
  }
  if (config.keep_files < 1 || config.keep_files > 1'000) {
    return fail(fmt::format("keep_files is {}; give 1 to 1000", config.keep_files));
  }
  if (!std::has_single_bit(config.ring_bytes) || config.ring_bytes < 4'096 ||
      config.ring_bytes > (std::size_t{1} << 30)) {
    return fail(fmt::format("ring_bytes is {}; give a power of two from 4096 to 1073741824",
                            config.ring_bytes));
  }
  if (config.poll < 1ms || config.poll > 60'000ms) {
    return fail(fmt::format("poll is {} ms; give 1 to 60000", config.poll.count()));
  }
  return {};
}

}  // namespace switchyard
