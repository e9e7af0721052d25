#pragma once

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <mutex>
#include <string>

namespace switchyard::moe {

// How far something is that may take long: a bar on a terminal, which is gone when the object is;
// elsewhere a single line, and that only where it takes more than three seconds. Nothing else may
// print to the file meanwhile.
class Progress {
 public:
  using Seconds = std::function<double()>;  // since some moment

  // "preparing layer 3": what is done. `terminal`: whether `file` is one.
  Progress(std::string what, std::FILE* file, bool terminal, Seconds clock);
  // To standard error, by a clock that never goes back.
  explicit Progress(std::string what);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // Bytes that are done, of `total`. From any thread; costs a look at the clock.
  void update(std::uint64_t done, std::uint64_t total);

 private:
  std::string what_;
  std::FILE* file_;
  bool terminal_;
  Seconds clock_;
  double started_;
  std::mutex mutex_;
  double drawn_;          // when it was drawn last
  bool visible_ = false;  // something is on the terminal, or the line was written
};

}  // namespace switchyard::moe
