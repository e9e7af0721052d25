#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include "runtime/base/error.h"
#include "runtime/base/export.h"

namespace switchyard {

struct SlowPath;  // runtime/log/slow_path.h

// How a DecisionLog works. The defaults are for production: a line for each new kind of input and
// one for each thousandth decision.
struct LogConfig {
  // Of which decisions a line is written, besides the sampled ones.
  enum class First : std::uint8_t {
    kNone,
    kRule,  // the first that a rule, an entry of one, or an assumption decides; with one table
    kBox,   // the first whose facts lie in these classes (what no condition of the policy tells
            // apart), up to 3,000 of them, then as kRule; costs about 3 ns and 1 ns a fact
  };

  // The file; `{pid}` in it stands for the process id. Its folder must be there. One process a
  // file: a second one is refused. Empty: no file, only metrics and slow-path warnings.
  std::string path;
  // One of so many decisions of a thread; 1: all; 0: none but first ones.
  std::uint64_t sample_every = 1'000;
  First first = First::kBox;
  // Before the file would pass this size it becomes PATH.1, what was PATH.1 becomes PATH.2, and so
  // on; the oldest of `keep_files` is gone. 4 KiB at least.
  std::uint64_t max_file_bytes = 64 << 20;
  std::uint32_t keep_files = 5;  // besides PATH; 1 to 1,000
  // Of each thread that decides, for lines not yet written; a power of two, 4 KiB to 1 GiB. A line
  // takes 64 bytes and its struct of facts.
  std::size_t ring_bytes = 256 << 10;
  // How often the writer looks for lines; 1 ms to a minute. Rings must hold what is logged
  // meanwhile.
  std::chrono::milliseconds poll{10};

  // Called by the writer's thread, and not after the log's destructor returned; must not throw or
  // call the log. A dispatch took a slower target than could run: once for each box of facts (kBox)
  // of a table, at most 1,000 of them, whatever the table's generation. Found among the decisions
  // that lines are written for, with or without a file: by default each box has one, by kRule or
  // kNone only the rules' first or the sampled ones have.
  std::function<void(const SlowPath&)> on_slow_path;
  // The file cannot be written (said once, until it could be again) or rotated.
  std::function<void(const std::string& problem)> on_problem;
};

// What is wrong with it and what to do, if anything.
SWITCHYARD_EXPORT Expected<void> check(const LogConfig& config);

}  // namespace switchyard
