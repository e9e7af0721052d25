#include <algorithm>
#include <filesystem>
#include <string>
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

class Importer {
 public:
  Importer(SourceMap& sources, DiagnosticSink& sink) : sources_(sources), sink_(sink) {}

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
      resolve_path(sources_.file(import.path.span.file).path(), import.path.value);
  const auto loaded = sources_.load(path);
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
  return Importer(sources, sink).run(root);
}

}  // namespace switchyard
