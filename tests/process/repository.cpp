#include "tests/process/repository.h"

#include <cstdio>

#include "runtime/base/check.h"

namespace switchyard::testing {
namespace {

std::string git_or_die(const TemporaryFolder& folder, std::vector<std::string> arguments,
                       std::vector<std::string> environment) {
  arguments.insert(arguments.begin(), {"/usr/bin/env", "git"});
  const ProcessResult result = run_process(arguments, "", environment, folder.path());
  if (result.status != 0) std::fprintf(stderr, "%s", result.err.c_str());
  SWITCHYARD_CHECK(result.status == 0);
  return result.out;
}

}  // namespace

Repository::Repository() {
  git_or_die(folder_, {"init", "-q", "-b", "main"}, environment());
}

std::vector<std::string> Repository::environment() {
  return {"GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null", "GIT_AUTHOR_NAME=Ada",
          "GIT_AUTHOR_EMAIL=ada@example.org", "GIT_COMMITTER_NAME=Ada",
          "GIT_COMMITTER_EMAIL=ada@example.org"};
}

ProcessResult Repository::git(std::vector<std::string> arguments) const {
  arguments.insert(arguments.begin(), {"/usr/bin/env", "git"});
  return run_process(arguments, "", environment(), folder_.path());
}

std::string Repository::commit(const std::string& subject, int day) const {
  char date[32];
  std::snprintf(date, sizeof date, "2026-01-%02dT12:00:00Z", day);
  std::vector<std::string> settings = environment();
  settings.push_back(std::string("GIT_AUTHOR_DATE=") + date);
  settings.push_back(std::string("GIT_COMMITTER_DATE=") + date);
  git_or_die(folder_, {"add", "-A"}, settings);
  git_or_die(folder_, {"commit", "-q", "--allow-empty", "-m", subject}, settings);
  std::string hash = git_or_die(folder_, {"rev-parse", "--short", "HEAD"}, settings);
  hash.pop_back();
  return hash;
}

}  // namespace switchyard::testing
