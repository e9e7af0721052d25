#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/git/process.h"
#include "runtime/base/error.h"

namespace switchyard::git {

// What a repository holds, asked of one running `git cat-file`. Names go to it by its standard input,
// so that none can be taken for an option. Not thread-safe.
class Objects {
 public:
  // Of the repository around `folder`.
  static Expected<Objects> open(const std::string& folder = ".");

  struct Object {
    std::string type;  // "blob", "tree", "commit", "tag"
    std::string bytes;
  };
  // The object of any name that git knows ("HEAD~1:a/b", ":a/b", a hash); none when there is none, or
  // the name is not one. An object of more than `limit` bytes fails.
  Expected<std::optional<Object>> find(const std::string& name, std::size_t limit);

 private:
  explicit Objects(Process process) : process_(std::move(process)) {}
  Process process_;
};

// `folder`, by default the current one, as seen from the top of its repository: "" at the top, else
// "a/b/". Fails outside a repository and without git.
Expected<std::string> folder_from_top(const std::string& folder = ".");

}  // namespace switchyard::git
