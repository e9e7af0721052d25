#include "tests/process/process.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runtime/base/check.h"

namespace switchyard::testing {

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

TemporaryFolder::TemporaryFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "switchyard-test-XXXXXX").string();
  SWITCHYARD_CHECK(mkdtemp(name.data()) != nullptr);
  path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;  // a leftover in the temporary folder is no reason to fail a test
  std::filesystem::remove_all(path_, ignored);
}

std::string TemporaryFolder::write(const std::string& name, const std::string& text) const {
  const std::string file = path(name);
  std::filesystem::create_directories(std::filesystem::path(file).parent_path());
  std::ofstream out(file, std::ios::binary);
  out << text;
  SWITCHYARD_CHECK(out.good());
  return file;
}

ProcessResult run_process(const std::vector<std::string>& arguments, const std::string& input,
                          const std::vector<std::string>& environment,
                          const std::string& working_folder) {
  // Files rather than pipes: nothing can fill up while this process is not reading.
  const TemporaryFolder folder;
  const std::string in = folder.write("in", input);
  const std::string out = folder.path("out"), err = folder.path("err");
  const pid_t child = fork();
  SWITCHYARD_CHECK(child >= 0);
  if (child == 0) {
    const int fd_in = open(in.c_str(), O_RDONLY);
    const int fd_out = open(out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    const int fd_err = open(err.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (fd_in < 0 || fd_out < 0 || fd_err < 0) _exit(126);
    dup2(fd_in, STDIN_FILENO);
    dup2(fd_out, STDOUT_FILENO);
    dup2(fd_err, STDERR_FILENO);
    if (chdir(working_folder.c_str()) != 0) _exit(126);
    std::vector<std::string> settings = environment;
    for (std::string& setting : settings) putenv(setting.data());
    std::vector<char*> values;
    for (const std::string& argument : arguments) values.push_back(const_cast<char*>(argument.c_str()));
    values.push_back(nullptr);
    execv(values[0], values.data());
    _exit(127);
  }
  int status = 0;
  SWITCHYARD_CHECK(waitpid(child, &status, 0) == child);
  ProcessResult result;
  result.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  SWITCHYARD_CHECK(result.status != 126 && result.status != 127);
  result.out = read_file(out);
  result.err = read_file(err);
  return result;
}

}  // namespace switchyard::testing
