#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "runtime/base/error.h"

// The program `git`, found on PATH and started without a shell. It speaks English, takes no lock that
// it can do without, asks nobody anything, and takes paths for paths.
namespace switchyard::git {

// A running git whose standard input and output are ours; its standard error is dropped. Ended by the
// destructor.
class Process {
 public:
  // `arguments` follow "git".
  static Expected<Process> start(std::span<const std::string> arguments);
  Process(Process&& other) noexcept;
  Process& operator=(Process&&) = delete;
  ~Process();

  // False when git is gone; no signal is raised.
  bool write(std::string_view text);
  // Up to the next end of line, without it; exactly `count` bytes. Fail when git is gone before.
  Expected<std::string> read_line();
  Expected<std::string> read_bytes(std::size_t count);

 private:
  Process(pid_t child, int stream) : child_(child), stream_(stream) {}
  bool fill();

  pid_t child_;
  int stream_;  // a socket
  std::string buffer_;
  std::size_t read_ = 0;  // of buffer_
};

// Runs git to its end and returns what it printed. When its status is not 0, fails with the first line
// of what it said.
Expected<std::string> run(const std::vector<std::string>& arguments);

}  // namespace switchyard::git
