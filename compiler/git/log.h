#pragma once

#include <string>
#include <vector>

#include "runtime/base/error.h"

namespace switchyard::git {

struct Commit {
  std::string hash;        // full
  std::string short_hash;  // unique in the repository
  std::string author;
  std::string date;        // of the author, YYYY-MM-DD
  std::string subject;
};

// A commit that touched a followed file, and its path from then on; empty when it was removed.
struct FileCommit {
  Commit commit;
  std::string path;
};

// Commits are those of HEAD by first parents: what a merge brought is the merge's. Newest first. Paths
// are from the top of the repository, which is the folder `top`.

// Those that touched `path`, through renames.
Expected<std::vector<FileCommit>> log_of_file(const std::string& top, const std::string& path);
// Those that touched any of `paths`, which must not be empty.
Expected<std::vector<Commit>> log_of_paths(const std::string& top,
                                           const std::vector<std::string>& paths);
// The hashes of all.
Expected<std::vector<std::string>> first_parents(const std::string& top);

// The top of the repository around `folder`. Fails outside a repository and without git.
Expected<std::string> top_folder(const std::string& folder);

// Whether HEAD names a commit: not so in a repository that is new.
bool has_commits(const std::string& top);

// Whether the clone lacks history that its origin has (git clone --depth).
Expected<bool> is_shallow(const std::string& top);

}  // namespace switchyard::git
