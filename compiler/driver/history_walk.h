#pragma once

#include <string>
#include <vector>

#include "compiler/driver/load.h"
#include "compiler/git/log.h"
#include "runtime/base/error.h"

namespace switchyard::driver {

// A version of a policy: how a commit left it, or a file that it imports.
struct Version {
  git::Commit commit;
  Loaded loaded;        // without a model when `trouble` says why
  std::string trouble;  // "it was removed", or its first error
};

struct History {
  std::vector<Version> versions;  // oldest first
  bool shallow;                   // the clone lacks older ones
};

// The versions of the policy at `path`, as a user names it, in the repository around it, wherever the
// current folder is: through renames, and what it imports at any time. Fails outside a repository, in one
// without commits, and for a file that no commit has.
Expected<History> history_of(const std::string& path);

}  // namespace switchyard::driver
