#include <algorithm>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "compiler/diagnostic/registry.h"
#include "compiler/parse/parse.h"

namespace switchyard {
namespace {

// The path of an import, as the user would name it from where the root file was named.
std::string resolve_path(const std::string& importing, const std::string& imported) {
  const std::filesystem::path folder = std::filesystem::path(importing).parent_path();
  return (folder / imported).lexically_normal().generic_string();
}

// Files by the paths by which they are found; each is read once.
class Files {
 public:
  // Without a reader: the disk, and what the map has already.
  Files(SourceMap& sources, const FileReader* reader) : sources_(sources), reader_(reader) {}

  Expected<FileId> load(const std::string& path) {
    const auto known = std::find(paths_.begin(), paths_.end(), path);
    if (known != paths_.end()) return ids_[static_cast<std::size_t>(known - paths_.begin())];
    Expected<FileId> id = read(path);
    if (id) {
      ids_.push_back(*id);
      paths_.push_back(path);
    }
    return id;
  }

  // A pipe or a device may keep its reader waiting for ever: only a user may name one, not a policy.
  Expected<FileId> load_import(const std::string& path) {
    std::error_code unknown;
    const auto status = std::filesystem::status(path, unknown);
    if (reader_ == nullptr && std::filesystem::exists(status) &&
        !std::filesystem::is_directory(status) && !std::filesystem::is_regular_file(status)) {
      return fail(fmt::format("cannot read `{}`: it is a pipe, a socket or a device; imports are files",
                              path));
    }
    return load(path);
  }

  // The path by which a file was loaded: where its imports are looked up from.
  const std::string& path(FileId id) const {
    const auto known = std::find(ids_.begin(), ids_.end(), id);
    return known == ids_.end() ? sources_.file(id).path()
                               : paths_[static_cast<std::size_t>(known - ids_.begin())];
  }

 private:
  Expected<FileId> read(const std::string& path) {
    if (reader_ == nullptr) return sources_.load(path);
    Expected<std::string> text = reader_->read(path, SourceFile::kMaxBytes);
    if (!text) return fail(text.error().message);
    return sources_.add(reader_->name(path), std::move(*text));
  }

  SourceMap& sources_;
  const FileReader* reader_;
  std::vector<FileId> ids_;
  std::vector<std::string> paths_;
};

class Importer {
 public:
  Importer(SourceMap& sources, Files& files, DiagnosticSink& sink)
      : sources_(sources), files_(files), sink_(sink) {}

  ast::Policy run(FileId root);

 private:
  // A file whose imports are being followed, the importing ones below it.
  struct Open {
    ast::File file;
    std::size_t next_item = 0;
  };

  void follow(const ast::Import& import);
  void report_cycle(FileId again, Span at);

  SourceMap& sources_;
  Files& files_;
  DiagnosticSink& sink_;
  std::vector<Open> open_;
  std::vector<FileId> seen_;
  ast::Policy policy_;
};

ast::Policy Importer::run(FileId root) {
  seen_.push_back(root);
  open_.push_back({parse_file(sources_, root, sink_)});
  while (!open_.empty()) {
    Open& top = open_.back();
    if (top.next_item == top.file.items.size()) {
      policy_.files.push_back(std::move(top.file));
      open_.pop_back();
      continue;
    }
    const ast::Item& item = top.file.items[top.next_item++];
    if (const auto* import = std::get_if<ast::Import>(&item.node)) follow(*import);
  }
  return std::move(policy_);
}

void Importer::follow(const ast::Import& import) {
  const std::string path =
      resolve_path(files_.path(import.path.span.file), import.path.value);
  const Expected<FileId> loaded = files_.load_import(path);
  if (!loaded) {
    sink_.report(diag::CannotReadImport, import.path.span, loaded.error().message)
        .with_help("an import is looked up relative to the file that names it");
    return;
  }
  const bool being_read = std::any_of(open_.begin(), open_.end(), [&](const Open& open) {
    return open.file.file == *loaded;
  });
  if (being_read) {
    report_cycle(*loaded, import.path.span);
  } else if (std::find(seen_.begin(), seen_.end(), *loaded) == seen_.end()) {
    seen_.push_back(*loaded);
    open_.push_back({parse_file(sources_, *loaded, sink_)});
  }
}

void Importer::report_cycle(FileId again, Span at) {
  std::string route;
  for (const Open& open : open_) {
    if (route.empty() && open.file.file != again) continue;
    route += fmt::format("`{}` -> ", sources_.file(open.file.file).path());
  }
  const std::string& path = sources_.file(again).path();
  sink_.report(diag::ImportCycle, at, path, route + fmt::format("`{}`", path))
      .with_label("closes the cycle")
      .with_help("move what both files need into a third one that imports neither");
}

}  // namespace

ast::Policy parse_policy(SourceMap& sources, FileId root, DiagnosticSink& sink) {
  Files files(sources, nullptr);
  return Importer(sources, files, sink).run(root);
}

Expected<ast::Policy> parse_policy(SourceMap& sources, const FileReader& reader,
                                   const std::string& path, DiagnosticSink& sink) {
  Files files(sources, &reader);
  const Expected<FileId> root = files.load(path);
  if (!root) return fail(root.error().message);
  return Importer(sources, files, sink).run(*root);
}

}  // namespace switchyard
