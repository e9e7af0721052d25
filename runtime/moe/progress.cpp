#include "runtime/moe/progress.h"

#include <unistd.h>

#include <algorithm>
#include <utility>

#include "runtime/moe/output.h"

namespace switchyard::moe {
namespace {

constexpr double kFirstSeconds = 0.25, kStepSeconds = 0.1;  // on a terminal
constexpr double kLongSeconds = 3;                          // elsewhere
constexpr int kBar = 24;

double steady_seconds() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration<double>(now).count();
}

}  // namespace

Progress::Progress(std::string what, std::FILE* file, bool terminal, Seconds clock)
    : what_(std::move(what)),
      file_(file),
      terminal_(terminal),
      clock_(std::move(clock)),
      started_(clock_()),
      drawn_(started_) {}

Progress::Progress(std::string what)
    : Progress(std::move(what), stderr, ::isatty(STDERR_FILENO) == 1, steady_seconds) {}

Progress::~Progress() {
  if (!terminal_ || !visible_) return;
  write(file_, "\r\x1b[K");  // ECMA-48: the start of the line, and erase to its end
  std::fflush(file_);
}

void Progress::update(std::uint64_t done, std::uint64_t total) {
  const std::lock_guard lock(mutex_);
  const double now = clock_();
  const double part =
      total == 0 ? 1 : std::min(1.0, static_cast<double>(done) / static_cast<double>(total));
  if (!terminal_) {
    if (visible_ || now - started_ < kLongSeconds) return;
    visible_ = true;
    write(file_, "moe: {}: {:.0f}% of {:.1f} MB after {:.0f} s\n", what_, 100 * part,
          static_cast<double>(total) / 1e6, now - started_);
    return;
  }
  if (now - started_ < kFirstSeconds || (visible_ && now - drawn_ < kStepSeconds)) return;
  visible_ = true;
  drawn_ = now;
  const int full = static_cast<int>(part * kBar);
  write(file_, "\r{} [{:#<{}}{:.<{}}] {:3.0f}% of {:.1f} MB\x1b[K", what_, "", full, "",
        kBar - full, 100 * part, static_cast<double>(total) / 1e6);
  std::fflush(file_);
}

}  // namespace switchyard::moe
