#pragma once

#include <string>
#include <vector>

#include "tests/process/process.h"

namespace switchyard::testing {

// A git repository of its own, in a temporary folder, that no configuration of this machine reaches.
class Repository {
 public:
  Repository();

  const TemporaryFolder& folder() const { return folder_; }
  // Settings under which git sees nothing but the repository.
  static std::vector<std::string> environment();
  // Runs git in it, whatever its status.
  ProcessResult git(std::vector<std::string> arguments) const;
  // Commits everything, as Ada on day `day` of 2026-01, and returns the short hash.
  std::string commit(const std::string& subject, int day = 1) const;

 private:
  TemporaryFolder folder_;
};

}  // namespace switchyard::testing
