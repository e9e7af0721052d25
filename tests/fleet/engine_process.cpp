#include "tests/fleet/engine_process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>

#include "runtime/base/check.h"

namespace switchyard::testing {
namespace {

constexpr int kLayers = 3;

void be_engine(const std::string& file, const std::string& log, const std::string& err, int in,
               int out) {
  const int fd_err = open(err.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (fd_err < 0 || dup2(in, STDIN_FILENO) < 0 || dup2(out, STDOUT_FILENO) < 0 ||
      dup2(fd_err, STDERR_FILENO) < 0) {
    _exit(126);
  }
  const std::string tools = std::filesystem::path(POLICYC).parent_path();
  setenv("PATH", (tools + ":/usr/bin:/bin").c_str(), 1);
  execl(ENGINE, ENGINE, file.c_str(), "gfx950", log.c_str(), nullptr);
  _exit(127);
}

}  // namespace

EngineProcess::EngineProcess(const std::string& file) {
  int in[2], out[2];
  SWITCHYARD_CHECK(pipe2(in, O_CLOEXEC) == 0 && pipe2(out, O_CLOEXEC) == 0);
  signal(SIGPIPE, SIG_IGN);  // an engine that ended is a failure of the test, not its end
  const std::string log_path = log(), err = folder_.path("err");
  child_ = fork();
  SWITCHYARD_CHECK(child_ >= 0);
  if (child_ == 0) be_engine(file, log_path, err, in[0], out[1]);
  close(in[0]);
  close(out[1]);
  in_ = in[1];
  out_ = out[0];
  asking_ = std::thread([this] { ask(); });
}

EngineProcess::~EngineProcess() {
  if (child_ >= 0) finish();
}

void EngineProcess::ask() {
  std::FILE* from = fdopen(out_, "r");
  SWITCHYARD_CHECK(from != nullptr);
  for (;;) {
    {
      const std::lock_guard lock(mutex_);
      if (stop_) break;
      ++batches_;
    }
    if (write(in_, "32\n", 3) != 3 || !read_answers(from)) break;
  }
  close(in_);
  std::fclose(from);
  const std::lock_guard lock(mutex_);
  ended_ = true;
  changed_.notify_all();
}

bool EngineProcess::read_answers(std::FILE* from) {
  for (int i = 0; i < kLayers; ++i) {
    char line[1'024], launch[64];
    Answer answer;
    unsigned long generation = 0;
    if (std::fgets(line, sizeof line, from) == nullptr) return false;
    if (std::sscanf(line, "generation %lu, layer %d: %63s", &generation, &answer.layer, launch) !=
        3) {
      return false;
    }
    answer.generation = generation;
    answer.launch = launch;
    const std::lock_guard lock(mutex_);
    answers_.push_back(std::move(answer));
    changed_.notify_all();
  }
  return true;
}

bool EngineProcess::wait_answers(std::uint64_t generation, std::size_t count) {
  std::unique_lock lock(mutex_);
  const std::size_t before = answers_.size();
  std::size_t seen = before, found = 0;
  return changed_.wait_for(lock, std::chrono::minutes(1), [&] {
    for (; seen < answers_.size(); ++seen) {
      if (answers_[seen].generation >= generation) ++found;
    }
    return found >= count || ended_;
  }) && found >= count;
}

bool EngineProcess::wait_said(const std::string& part) const {
  const auto until = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  while (said().find(part) == std::string::npos) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::yield();
  }
  return true;
}

int EngineProcess::finish() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  asking_.join();
  int status = 0;
  SWITCHYARD_CHECK(waitpid(child_, &status, 0) == child_);
  child_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace switchyard::testing
