#include "compiler/driver/history_walk.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "compiler/git/objects.h"
#include "compiler/git/revision_path.h"
#include "compiler/git/revision_reader.h"

namespace switchyard::driver {
namespace {

// Remembers what is read.
class RecordingReader final : public FileReader {
 public:
  RecordingReader(const FileReader& files, std::set<std::string>& paths)
      : files_(files), paths_(paths) {}
  Expected<std::string> read(const std::string& path, std::size_t limit) const override {
    paths_.insert(path);
    return files_.read(path, limit);
  }
  std::string name(const std::string& path) const override { return files_.name(path); }

 private:
  const FileReader& files_;
  std::set<std::string>& paths_;
};

std::string first_error(const Loaded& loaded) {
  for (const Diagnostic& found : loaded.sink.diagnostics()) {
    if (found.info->severity != Severity::kError) continue;
    return fmt::format("it has errors, the first at {}: {}", loaded.sources.location(found.span),
                       found.message);
  }
  return "it has errors";
}

// Where a path stands.
struct Place {
  std::string top;   // of its repository
  std::string path;  // from there: "a/b"
};

Error outside(const std::string& path, const Error& error) {
  if (!error.message.starts_with("not a git repository")) return error;
  return {fmt::format("`{}` is not in a git repository; name a policy that is committed", path)};
}

// For a path as the user wrote it; the file may be gone, and its folder too.
Expected<Place> place_of(const std::string& path) {
  namespace fs = std::filesystem;
  std::error_code unusable;
  fs::path named(path), folder;
  if (std::getenv("GIT_DIR") == nullptr) {
    folder = named.parent_path();
    while (folder.has_relative_path() && !fs::is_directory(folder, unusable)) folder = folder.parent_path();
  } else if (named.is_absolute()) {
    // Told by the environment (a hook's), git sees its repository from the current folder alone.
    const fs::path here = fs::current_path(unusable);
    named = fs::weakly_canonical(named, unusable).lexically_relative(here);
  }
  const std::string from = folder.empty() ? "." : folder.string();
  const Expected<std::string> top = git::top_folder(from);
  if (!top) return tl::unexpected(outside(path, top.error()));
  const Expected<std::string> own = git::folder_from_top(from);
  if (!own) return fail(own.error().message);
  fs::path rest;  // of the path, behind the folder
  auto part = std::next(named.begin(), std::distance(folder.begin(), folder.end()));
  for (; part != named.end(); ++part) rest /= *part;
  const std::string result = (fs::path(*own) / rest).lexically_normal().generic_string();
  if (result.empty() || result == ".." || result.starts_with("../")) {
    return fail(fmt::format("`{}` is outside the repository `{}`", path, *top));
  }
  return Place{*top, result};
}

class Walk {
 public:
  Walk(std::string top, std::shared_ptr<git::Objects> objects, std::vector<std::string> order)
      : top_(std::move(top)), objects_(std::move(objects)) {
    for (std::size_t i = 0; i < order.size(); ++i) age_.emplace(std::move(order[i]), i);
  }

  Expected<std::vector<Version>> run(const std::string& path);

 private:
  void add(const git::Commit& commit);
  Version load_at(const git::Commit& commit, const std::string& path);
  // The path after a commit of this age; none before there was the file.
  std::optional<std::string> path_at(std::size_t age) const;

  std::string top_;
  std::shared_ptr<git::Objects> objects_;
  std::map<std::string, std::size_t> age_;         // by hash; 0 is HEAD
  std::map<std::size_t, std::string> renames_;     // the path since that age; empty: removed
  std::map<std::size_t, git::Commit> commits_;     // to be loaded
  std::map<std::size_t, Version> versions_;        // loaded
  std::set<std::string> imports_;
};

void Walk::add(const git::Commit& commit) {
  const auto age = age_.find(commit.hash);
  if (age != age_.end()) commits_.emplace(age->second, commit);
}

std::optional<std::string> Walk::path_at(std::size_t age) const {
  const auto since = renames_.lower_bound(age);
  if (since == renames_.end()) return std::nullopt;
  return since->second;
}

Version Walk::load_at(const git::Commit& commit, const std::string& path) {
  Version version{commit, {}, ""};
  if (path.empty()) {
    version.trouble = "it was removed";
    return version;
  }
  const git::RevisionReader files(objects_, commit.short_hash);
  std::set<std::string> read;
  const Expected<void> done = load(RecordingReader(files, read), path, version.loaded);
  if (!done) {
    version.trouble = done.error().message;
  } else if (!version.loaded.model) {
    version.trouble = first_error(version.loaded);
  }
  read.erase(path);
  imports_.insert(read.begin(), read.end());
  return version;
}

Expected<std::vector<Version>> Walk::run(const std::string& path) {
  const Expected<std::vector<git::FileCommit>> own = git::log_of_file(top_, path);
  if (!own) return fail(own.error().message);
  for (const git::FileCommit& touched : *own) {
    add(touched.commit);
    const auto age = age_.find(touched.commit.hash);
    if (age != age_.end()) renames_.emplace(age->second, touched.path);
  }
  if (renames_.empty()) {
    return fail(fmt::format("no commit has `{}`; name a policy that is committed", path));
  }
  // A version may import what no other did: until nothing new is found.
  std::size_t known = 0;
  while (true) {
    for (const auto& [age, commit] : commits_) {
      const auto own_path = path_at(age);
      if (own_path && !versions_.contains(age)) versions_.emplace(age, load_at(commit, *own_path));
    }
    if (imports_.size() == known) break;
    known = imports_.size();
    const auto touched = git::log_of_paths(top_, {imports_.begin(), imports_.end()});
    if (!touched) return fail(touched.error().message);
    for (const git::Commit& commit : *touched) add(commit);
  }
  std::vector<Version> result;
  for (auto version = versions_.rbegin(); version != versions_.rend(); ++version) {
    result.push_back(std::move(version->second));
  }
  return result;
}

}  // namespace

Expected<History> history_of(const std::string& path) {
  const Expected<Place> place = place_of(path);
  if (!place) return fail(place.error().message);
  const std::string& top = place->top;
  if (!git::has_commits(top)) {
    return fail(fmt::format("the repository `{}` has no commit yet; commit `{}` first", top, path));
  }
  Expected<git::Objects> objects = git::Objects::open(top);
  if (!objects) return fail(objects.error().message);
  Expected<std::vector<std::string>> order = git::first_parents(top);
  if (!order) return fail(order.error().message);
  const Expected<bool> shallow = git::is_shallow(top);
  if (!shallow) return fail(shallow.error().message);
  Walk walk(top, std::make_shared<git::Objects>(std::move(*objects)), std::move(*order));
  Expected<std::vector<Version>> versions = walk.run(place->path);
  if (!versions) return fail(versions.error().message);
  return History{std::move(*versions), *shallow};
}

}  // namespace switchyard::driver
