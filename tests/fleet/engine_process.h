#pragma once

#include <sys/types.h>

#include <compare>
#include <condition_variable>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tests/process/process.h"

namespace switchyard::testing {

// What the engine of docs/examples/engine said of one layer of one batch.
struct Answer {
  std::uint64_t generation = 0;
  int layer = 0;
  std::string launch;  // "native<<<32>>>"
};

// That engine as a process, which a thread of its own asks one batch after the other until
// finish().
class EngineProcess {
 public:
  // `file` is a table or a policy; every batch has 32 tokens. Needs `policyc` beside POLICYC.
  explicit EngineProcess(const std::string& file);
  ~EngineProcess();
  EngineProcess(const EngineProcess&) = delete;
  EngineProcess& operator=(const EngineProcess&) = delete;

  // Waits for `count` more answers, of this generation or a later one; false after a minute.
  bool wait_answers(std::uint64_t generation, std::size_t count);
  // Waits until its standard error holds `part`; false after a minute.
  bool wait_said(const std::string& part) const;

  // Ends its input, and waits for it: its exit status.
  int finish();

  // After finish():
  const std::vector<Answer>& answers() const { return answers_; }
  std::size_t batches() const { return batches_; }  // asked
  std::string said() const { return read_file(folder_.path("err")); }
  std::string log() const { return folder_.path("log"); }

 private:
  void ask();
  bool read_answers(std::FILE* from);

  TemporaryFolder folder_;
  pid_t child_ = -1;
  int in_ = -1, out_ = -1;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stop_ = false, ended_ = false;
  std::vector<Answer> answers_;
  std::size_t batches_ = 0;
  std::thread asking_;
};

}  // namespace switchyard::testing
