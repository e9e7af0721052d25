#include "runtime/store/compile_policy.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <optional>

#include <fmt/format.h>

extern char** environ;

namespace switchyard {
namespace {

using Clock = std::chrono::steady_clock;

// posix_spawn's two objects, set up for a child that shares nothing with us.
class Spawn {
 public:
  Spawn(const std::string& folder, int error_output) {
    ::posix_spawn_file_actions_init(&actions_);
    // First, since it may itself be 0 or 1 in a program that has closed these.
    ::posix_spawn_file_actions_adddup2(&actions_, error_output, STDERR_FILENO);
    ::posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_addopen(&actions_, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    ::posix_spawn_file_actions_addclosefrom_np(&actions_, STDERR_FILENO + 1);
    ::posix_spawn_file_actions_addchdir_np(&actions_, folder.c_str());
    ::posix_spawnattr_init(&attributes_);
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    ::posix_spawnattr_setsigmask(&attributes_, &none);
    ::posix_spawnattr_setsigdefault(&attributes_, &all);
    ::posix_spawnattr_setpgroup(&attributes_, 0);
    ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF |
                                                 POSIX_SPAWN_SETPGROUP);
  }
  ~Spawn() {
    ::posix_spawn_file_actions_destroy(&actions_);
    ::posix_spawnattr_destroy(&attributes_);
  }
  Spawn(const Spawn&) = delete;
  Spawn& operator=(const Spawn&) = delete;

  int run(pid_t& child, const std::string& program, char* const* arguments) const {
    return ::posix_spawnp(&child, program.c_str(), &actions_, &attributes_, arguments, environ);
  }

 private:
  posix_spawn_file_actions_t actions_;
  posix_spawnattr_t attributes_;
};

// Takes what the pipe has, keeping no more than the limit; false at its end.
bool take(int fd, std::string& text) {
  char buffer[4096];
  for (;;) {
    const ssize_t got = ::read(fd, buffer, sizeof buffer);
    if (got < 0) return errno == EAGAIN || errno == EINTR;
    if (got == 0) return false;
    const auto size = static_cast<std::size_t>(got);
    text.append(buffer, std::min(size, kMostDiagnostics - text.size()));
  }
}

// The status of a child that has ended; -1 when somebody else in this process collected it.
std::optional<int> ended(pid_t child) {
  int status = 0;
  const pid_t got = ::waitpid(child, &status, WNOHANG);
  if (got == child) return status;
  if (got < 0 && errno == ECHILD) return -1;
  return std::nullopt;
}

// The child runs in another folder: a relative path of a program is ours.
std::string program_of(const std::string& compiler) {
  if (compiler.find('/') == std::string::npos) return compiler;
  std::error_code error;
  const std::string absolute = std::filesystem::absolute(compiler, error).string();
  return error ? compiler : absolute;
}

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

// Waits for the child. Kills it when it is time or nobody wants it.
CompileResult wait_for(pid_t child, int errors, const std::string& compiler,
                       const std::string& policy, std::chrono::milliseconds timeout,
                       const std::function<bool()>& abandon) {
  using Kind = CompileResult::Kind;
  CompileResult out;
  const auto deadline = Clock::now() + timeout;
  bool open = true;
  std::optional<int> status;
  int pause = 1;  // ms, of a child that has closed its output and not ended
  while (!(status = ended(child))) {
    const bool late = Clock::now() >= deadline;
    if (late || abandon()) {
      ::kill(-child, SIGKILL);
      while (::waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
      }
      out.kind = late ? Kind::kFailed : Kind::kAbandoned;
      out.reason = fmt::format("`{}` did not compile `{}` within {} s and was stopped", compiler,
                               policy, static_cast<double>(timeout.count()) / 1000);
      return out;
    }
    struct pollfd wait = {errors, POLLIN, 0};
    ::poll(&wait, open ? 1 : 0, open ? 50 : pause);
    if (open) {
      open = take(errors, out.diagnostics);
    } else {
      pause = std::min(2 * pause, 50);
    }
  }
  if (open) take(errors, out.diagnostics);
  if (*status == -1) {  // unknown; a table is there only after success
    out.kind = Kind::kCompiled;
  } else if (WIFSIGNALED(*status)) {
    out.reason = fmt::format("`{}` was ended by signal {}", compiler, WTERMSIG(*status));
  } else if (WEXITSTATUS(*status) == 127 && out.diagnostics.empty()) {
    out.reason = fmt::format("cannot run `{}`; install it, or name it in the store's options", compiler);
  } else if (WEXITSTATUS(*status) != 0) {
    out.kind = Kind::kRefused;
    out.reason = fmt::format("`{}` does not compile: {}", policy, first_line(out.diagnostics));
  } else {
    out.kind = Kind::kCompiled;
  }
  return out;
}

}  // namespace

CompileResult compile_policy(const std::string& compiler, const std::string& policy,
                             const std::string& table, std::chrono::milliseconds timeout,
                             const std::function<bool()>& abandon) {
  CompileResult failed;
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) {
    failed.reason = fmt::format("cannot make a pipe for `{}`: {}", compiler, std::strerror(errno));
    return failed;
  }
  const std::filesystem::path path(policy);
  const std::string folder = path.has_parent_path() ? path.parent_path().string() : ".";
  const std::string name = path.filename().string();
  std::string words[] = {program_of(compiler), name.starts_with('-') ? "./" + name : name, "-o", table,
                         "--color=never"};
  char* arguments[] = {words[0].data(), words[1].data(), words[2].data(),
                       words[3].data(), words[4].data(), nullptr};
  pid_t child = 0;
  const int spawned = Spawn(folder, ends[1]).run(child, words[0], arguments);
  ::close(ends[1]);
  if (spawned != 0) {
    failed.reason = fmt::format("cannot run `{}`: {}; install it, or name it in the store's options",
                                compiler, std::strerror(spawned));
  } else {
    failed = wait_for(child, ends[0], compiler, policy, timeout, abandon);
  }
  ::close(ends[0]);
  return failed;
}

}  // namespace switchyard
