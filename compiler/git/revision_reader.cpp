#include "compiler/git/revision_reader.h"

#include <fmt/format.h>

namespace switchyard::git {

Expected<std::string> RevisionReader::read(const std::string& path, std::size_t limit) const {
  const std::string shown = name(path);
  if (path == ".." || path.starts_with("../") || path.starts_with("/")) {
    return fail(fmt::format("cannot read `{}`: it is outside the repository", shown));
  }
  Expected<std::optional<Objects::Object>> found = objects_->find(shown, limit);
  if (!found) return fail(found.error().message);
  if (*found) {
    if ((*found)->type == "blob") return std::move((*found)->bytes);
    return fail(fmt::format("cannot read `{}`: it is a folder; name a policy file in it", shown));
  }
  if (revision_.empty()) {
    return fail(fmt::format("cannot read `{}`: `{}` is not staged; paths start at the top of the "
                            "repository, or here with `./`", shown, path));
  }
  constexpr std::size_t kLargestTree = std::size_t{64} << 20;
  const auto tree = objects_->find(revision_ + "^{tree}", kLargestTree);
  if (!tree) return fail(tree.error().message);
  if (!*tree) {
    return fail(fmt::format("cannot read `{}`: git knows no revision `{}`; `git log` lists them",
                            shown, revision_));
  }
  return fail(fmt::format("cannot read `{}`: there is no `{}` in that revision; paths start at the "
                          "top of the repository, or here with `./`", shown, path));
}

}  // namespace switchyard::git
