#include "compiler/git/revision_path.h"

#include <filesystem>

namespace switchyard::git {

std::optional<RevisionPath> parse_revision_path(std::string_view text) {
  // The first colon: no revision has one, but for those of ":/text" and "^{/text}", which name commits
  // by their messages.
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || colon + 1 == text.size()) return std::nullopt;
  return RevisionPath{std::string(text.substr(0, colon)), std::string(text.substr(colon + 1))};
}

std::string path_from_top(const std::string& path, const std::string& folder) {
  const bool from_here = path.starts_with("./") || path.starts_with("../");
  return std::filesystem::path(from_here ? folder + path : path).lexically_normal().generic_string();
}

}  // namespace switchyard::git
