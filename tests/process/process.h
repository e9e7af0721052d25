#pragma once

#include <string>
#include <vector>

// Runs a program of this build the way a user's shell would, for tests of command lines.
namespace switchyard::testing {

struct ProcessResult {
  int status = -1;      // exit status; 128 + signal when killed by one
  std::string out;      // standard output, whole
  std::string err;      // standard error, whole
};

// `arguments[0]` is a path. `input` is given as standard input (closed at its end). `environment`
// are NAME=VALUE settings added to this process's own. Aborts the test program when the program
// cannot be started. It runs in `folder`, by default in this process's own.
ProcessResult run_process(const std::vector<std::string>& arguments, const std::string& input = "",
                          const std::vector<std::string>& environment = {},
                          const std::string& folder = ".");

// A fresh empty folder that is removed with its content when the object dies.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  std::string path(const std::string& name) const { return path_ + "/" + name; }
  const std::string& path() const { return path_; }
  // Writes a file in it and returns its path.
  std::string write(const std::string& name, const std::string& text) const;

 private:
  std::string path_;
};

std::string read_file(const std::string& path);

}  // namespace switchyard::testing
