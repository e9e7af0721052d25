#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace switchyard::git {

// "REV:path": a file as it was in a revision, or, with an empty revision, as it is staged.
struct RevisionPath {
  std::string revision;
  std::string path;
};

// None when the text has no colon or nothing behind it.
std::optional<RevisionPath> parse_revision_path(std::string_view text);

// The path from the top of the repository: as git has it, "./a" and "../a" start at the current
// folder (`folder`, see folder_from_top), everything else at the top.
std::string path_from_top(const std::string& path, const std::string& folder);

}  // namespace switchyard::git
