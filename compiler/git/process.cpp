#include "compiler/git/process.h"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fmt/format.h>

extern char** environ;

namespace switchyard::git {
namespace {

constexpr std::array<const char*, 5> kSettings = {
    "LC_ALL=C", "GIT_OPTIONAL_LOCKS=0", "GIT_TERMINAL_PROMPT=0", "GIT_LITERAL_PATHSPECS=1",
    "GIT_NO_LAZY_FETCH=1"};

bool is_set_by_us(std::string_view setting) {
  const std::string_view name = setting.substr(0, setting.find('='));
  for (const std::string_view own : kSettings) {
    if (name == own.substr(0, own.find('='))) return true;
  }
  return false;
}

std::string trouble() {
  const int code = errno;
  if (code == ENOENT) return "cannot find the program `git`; install it, or check PATH";
  return fmt::format("cannot run `git`: {}", std::strerror(code));
}

// Starts git with these as its standard streams. 0 and errno when that fails.
pid_t spawn(std::span<const std::string> arguments, int in, int out, int err) {
  std::vector<char*> values = {const_cast<char*>("git")};
  for (const std::string& argument : arguments) values.push_back(const_cast<char*>(argument.c_str()));
  values.push_back(nullptr);
  std::vector<char*> settings;
  for (char** setting = environ; *setting != nullptr; ++setting) {
    if (!is_set_by_us(*setting)) settings.push_back(*setting);
  }
  for (const char* own : kSettings) settings.push_back(const_cast<char*>(own));
  settings.push_back(nullptr);

  posix_spawn_file_actions_t actions;
  if (errno = posix_spawn_file_actions_init(&actions); errno != 0) return 0;
  posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, err, STDERR_FILENO);
  pid_t child = 0;
  const int code = posix_spawnp(&child, "git", &actions, nullptr, values.data(), settings.data());
  posix_spawn_file_actions_destroy(&actions);
  errno = code;
  return code == 0 ? child : 0;
}

int wait_for(pid_t child) {
  int status = 0;
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return -1;
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

// A file without a name that holds what git writes: nothing can fill up while nobody reads.
class Capture {
 public:
  Capture() : file_(std::tmpfile()) {}
  ~Capture() {
    if (file_ != nullptr) std::fclose(file_);
  }
  Capture(const Capture&) = delete;
  Capture& operator=(const Capture&) = delete;
  bool usable() const { return file_ != nullptr; }
  int descriptor() const { return fileno(file_); }
  std::string text() const {
    std::string text;
    std::rewind(file_);
    std::array<char, 1 << 16> buffer;
    while (const std::size_t count = std::fread(buffer.data(), 1, buffer.size(), file_)) {
      text.append(buffer.data(), count);
    }
    return text;
  }

 private:
  std::FILE* file_;
};

}  // namespace

Expected<Process> Process::start(std::span<const std::string> arguments) {
  std::array<int, 2> ends = {-1, -1};  // ours, git's
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) return fail(trouble());
  const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
  const pid_t child = nowhere < 0 ? 0 : spawn(arguments, ends[1], ends[1], nowhere);
  const std::string reason = child == 0 ? trouble() : "";
  if (nowhere >= 0) close(nowhere);
  close(ends[1]);
  if (child == 0) {
    close(ends[0]);
    return fail(reason);
  }
  return Process(child, ends[0]);
}

Process::Process(Process&& other) noexcept
    : child_(std::exchange(other.child_, 0)),
      stream_(std::exchange(other.stream_, -1)),
      buffer_(std::move(other.buffer_)),
      read_(other.read_) {}

Process::~Process() {
  if (child_ == 0) return;
  close(stream_);  // the end of git's input
  wait_for(child_);
}

bool Process::write(std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = send(stream_, text.data(), text.size(), MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

bool Process::fill() {
  std::array<char, 1 << 16> bytes;
  ssize_t count = 0;
  do {
    count = recv(stream_, bytes.data(), bytes.size(), 0);
  } while (count < 0 && errno == EINTR);
  if (count <= 0) return false;
  buffer_.erase(0, std::exchange(read_, 0));
  buffer_.append(bytes.data(), static_cast<std::size_t>(count));
  return true;
}

Expected<std::string> Process::read_line() {
  std::size_t end;
  while ((end = buffer_.find('\n', read_)) == std::string::npos) {
    if (!fill()) return fail("`git` ended before it answered");
  }
  std::string line = buffer_.substr(read_, end - read_);
  read_ = end + 1;
  return line;
}

Expected<std::string> Process::read_bytes(std::size_t count) {
  while (buffer_.size() - read_ < count) {
    if (!fill()) return fail("`git` ended before it answered");
  }
  std::string bytes = buffer_.substr(read_, count);
  read_ += count;
  return bytes;
}

Expected<std::string> run(const std::vector<std::string>& arguments) {
  const Capture out, err;
  const int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (!out.usable() || !err.usable() || nothing < 0) return fail(trouble());
  const pid_t child = spawn(arguments, nothing, out.descriptor(), err.descriptor());
  const std::string reason = child == 0 ? trouble() : "";
  close(nothing);
  if (child == 0) return fail(reason);
  if (wait_for(child) == 0) return out.text();
  std::string said = err.text();
  said = said.substr(0, said.find('\n'));
  if (said.starts_with("fatal: ")) said.erase(0, 7);
  return fail(said.empty() ? "`git` failed and did not say why" : said);
}

}  // namespace switchyard::git
