#include "compiler/driver/load.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <span>
#include <string_view>

#include <fmt/format.h>

#include "compiler/driver/read.h"
#include "compiler/git/objects.h"
#include "compiler/git/revision_path.h"
#include "compiler/git/revision_reader.h"
#include "compiler/parse/parse.h"
#include "compiler/restore/restore.h"
#include "compiler/sema/resolve.h"
#include "runtime/format/file_layout.h"

namespace switchyard::driver {
namespace {

constexpr std::string_view kMagic(format::kMagic, sizeof format::kMagic);

Expected<void> take_table(Expected<Table> table, Loaded& out) {
  if (!table) return fail(table.error().message);
  Expected<Restored> restored = restore(*table, out.name);
  if (!restored) return fail(restored.error().message);
  out.sources = std::move(restored->sources);
  out.model = std::move(restored->model);
  out.table = std::move(*table);
  return {};
}

void take_policy(const ast::Policy& policy, Loaded& out) {
  if (!out.sink.has_errors()) out.model = resolve(policy, out.sources, out.sink);
}

Expected<void> take_table_bytes(const std::string& bytes, Loaded& out) {
  return take_table(Table::from_bytes(std::as_bytes(std::span(bytes)), out.name), out);
}

Expected<void> load_revision(const git::RevisionPath& from, Loaded& out) {
  Expected<git::Objects> objects = git::Objects::open();
  const Expected<std::string> folder = git::folder_from_top();
  if (!objects || !folder) {
    return fail(fmt::format("cannot read `{}`: there is no such file, and git says: {}", out.name,
                            (objects ? folder.error() : objects.error()).message));
  }
  const git::RevisionReader reader(std::make_shared<git::Objects>(std::move(*objects)),
                                   from.revision);
  return load(reader, git::path_from_top(from.path, *folder), out);
}

}  // namespace

Expected<void> load(const FileReader& reader, const std::string& path, Loaded& out) {
  out.name = reader.name(path);
  Expected<std::string> bytes = reader.read(path, kMaxTableBytes);
  if (!bytes) return fail(bytes.error().message);
  if (bytes->starts_with(kMagic)) return take_table_bytes(*bytes, out);
  const Expected<ast::Policy> policy = parse_policy(out.sources, reader, path, out.sink);
  if (!policy) return fail(policy.error().message);
  take_policy(*policy, out);
  return {};
}

bool looks_like_table(const std::string& path) {
  std::error_code unusable;
  if (!std::filesystem::is_regular_file(path, unusable)) return false;
  std::ifstream in(path, std::ios::binary);
  std::array<char, kMagic.size()> head = {};
  in.read(head.data(), head.size());
  return std::equal(head.begin(), head.end(), kMagic.begin());
}

Expected<void> load(const std::string& path, Loaded& out) {
  out.name = path == "-" ? "<stdin>" : path;
  if (path == "-") {
    Expected<std::string> text = read_standard_input(kMaxTableBytes);
    if (!text) return fail(text.error().message);
    if (text->starts_with(kMagic)) return take_table_bytes(*text, out);
    if (text->size() > SourceFile::kMaxBytes) return fail("standard input has more than 16 MiB");
    const FileId root = out.sources.add(out.name, std::move(*text));
    take_policy(parse_policy(out.sources, root, out.sink), out);
    return {};
  }
  if (looks_like_table(path)) return take_table(Table::open(path), out);
  std::error_code unusable;
  if (!std::filesystem::exists(path, unusable)) {
    if (const auto revision = git::parse_revision_path(path)) return load_revision(*revision, out);
  }
  const Expected<FileId> root = out.sources.load(path);
  if (!root) return fail(root.error().message);
  take_policy(parse_policy(out.sources, *root, out.sink), out);
  return {};
}

bool load_or_report(const std::string& path, const ReportOptions& options, Loaded& out) {
  if (const auto done = load(path, out); !done) {
    report_error(done.error(), options);
    return false;
  }
  if (!out.sink.diagnostics().empty()) report(out.sink, out.sources, options);
  return out.model.has_value();
}

}  // namespace switchyard::driver
