#include "runtime/moe/open_policy.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "runtime/format/file_layout.h"

extern char** environ;

namespace switchyard::moe {
namespace {

namespace fs = std::filesystem;

bool is_table(const std::string& path) {
  std::error_code error;
  // What is read from a pipe is gone: that is a policy, and the compiler is the first to read it.
  if (!fs::is_regular_file(path, error)) return false;
  if (path.ends_with(".table")) return true;  // a damaged one too: its own error is the better one
  std::ifstream file(path, std::ios::binary);
  std::array<char, sizeof format::kMagic> start = {};
  file.read(start.data(), start.size());
  return file.gcount() == static_cast<std::streamsize>(start.size()) &&
         std::memcmp(start.data(), format::kMagic, start.size()) == 0;
}

// The program beside this one, else just its name: the PATH decides.
std::string find_compiler() {
  std::error_code error;
  const fs::path self = fs::read_symlink("/proc/self/exe", error);
  if (!error) {
    const fs::path beside = self.parent_path() / "policyc";
    if (::access(beside.c_str(), X_OK) == 0) return beside.string();
  }
  return "policyc";
}

// Runs it and waits; its exit status.
Expected<int> run(const std::string& program, std::array<std::string, 3> arguments) {
  std::string name = program;
  std::array<char*, 5> values = {name.data(), arguments[0].data(), arguments[1].data(),
                                 arguments[2].data(), nullptr};
  pid_t child = 0;
  const int spawned = ::posix_spawnp(&child, program.c_str(), nullptr, nullptr, values.data(),
                                     environ);
  if (spawned == ENOENT) {
    return fail("a policy must be compiled, but there is no `policyc` beside `moe` or on the PATH; "
                "install it, or give a compiled table");
  }
  if (spawned != 0) return fail(fmt::format("cannot run {}: {}", program, std::strerror(spawned)));
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return fail(fmt::format("lost {}: {}", program, std::strerror(errno)));
  }
  if (WIFSIGNALED(status)) {
    return fail(fmt::format("{} was ended by signal {}", program, WTERMSIG(status)));
  }
  return WEXITSTATUS(status);
}

// A folder that goes away with its content.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::error_code error;
    const fs::path base = fs::temp_directory_path(error);
    path_ = ((error ? fs::path("/tmp") : base) / "moe-XXXXXX").string();
    if (::mkdtemp(path_.data()) == nullptr) path_.clear();
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::string& path() const { return path_; }  // empty if it could not be made

 private:
  std::string path_;
};

}  // namespace

Expected<Table> open_policy(const std::string& path) {
  const bool standard_input = path == "-";
  std::error_code error;
  if (!standard_input && !fs::exists(path, error)) {
    return fail(fmt::format("there is no policy {}; name a policy, or a compiled table", path));
  }
  if (!standard_input && is_table(path)) return Table::open(path);
  const TemporaryFolder folder;
  if (folder.path().empty()) {
    return fail(
        fmt::format("cannot make a temporary folder: {}; set TMPDIR", std::strerror(errno)));
  }
  const std::string output = folder.path() + "/policy.table";
  // Not an option, whatever the name starts with.
  const std::string input = path.starts_with('-') && !standard_input ? "./" + path : path;
  const Expected<int> status = run(find_compiler(), {input, "-o", output});
  if (!status) return tl::unexpected(status.error());
  if (*status != 0) {
    return fail(fmt::format("{} is not a policy that can be used; nothing was run",
                            standard_input ? "standard input" : path));
  }
  return Table::open(output);
}

}  // namespace switchyard::moe
