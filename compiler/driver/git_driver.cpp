#include <algorithm>
#include <filesystem>
#include <memory>
#include <sstream>
#include <utility>

#include <fmt/format.h>

#include "compiler/driver/diff_options.h"
#include "compiler/driver/output.h"
#include "compiler/git/objects.h"
#include "compiler/git/process.h"
#include "compiler/git/revision_reader.h"

namespace switchyard::driver {
namespace {

// One side as git gives it: a file (often a temporary one) with what is at `path` in some revision that
// git does not name.
struct DriverSide {
  std::string file;
  std::string hash;  // of the blob; zeros or "." when it is not one
};

bool is_blob(const std::string& hash) {
  return hash.size() >= 4 && hash.find_first_not_of("0123456789abcdef") == std::string::npos &&
         hash.find_first_not_of('0') != std::string::npos;
}

// `path` out of another file, and what it imports from `rest`.
class OneFileReader final : public FileReader {
 public:
  OneFileReader(std::string path, std::string file, std::string label,
                std::unique_ptr<const FileReader> rest)
      : path_(std::move(path)), file_(std::move(file)), label_(std::move(label)),
        rest_(std::move(rest)) {}

  Expected<std::string> read(const std::string& path, std::size_t limit) const override {
    return path == path_ ? DiskReader().read(file_, limit) : rest_->read(path, limit);
  }
  std::string name(const std::string& path) const override {
    return path == path_ ? label_ : rest_->name(path);
  }

 private:
  std::string path_, file_, label_;
  std::unique_ptr<const FileReader> rest_;
};

// Whether the file at `path` of a revision is this blob.
bool holds(const std::string& revision, const std::string& path, const std::string& hash) {
  const Expected<std::string> found =
      git::run({"rev-parse", "--quiet", "--verify", "--end-of-options", revision + ":" + path});
  return found && found->find(hash) != std::string::npos;
}

// The revision whose imports go with this blob: HEAD, or what is staged, when they have it; else the
// last commit that wrote it. None when no commit of HEAD did.
std::optional<std::string> revision_of(const std::string& path, const std::string& hash) {
  for (const std::string revision : {"HEAD", ""}) {
    if (holds(revision, path, hash)) return revision;
  }
  const Expected<std::string> commits = git::run({"rev-list", "HEAD", "--", path});
  if (!commits) return std::nullopt;
  std::istringstream lines(*commits);
  for (std::string commit; std::getline(lines, commit);) {
    if (holds(commit, path, hash)) return commit;
  }
  return std::nullopt;
}

Expected<void> load_side(const DriverSide& side, const std::string& path, Loaded& out) {
  std::unique_ptr<const FileReader> rest = std::make_unique<const DiskReader>();
  std::string label = path;
  if (is_blob(side.hash)) {
    label = fmt::format("{} ({})", path, side.hash.substr(0, 7));
    if (const auto revision = revision_of(path, side.hash)) {
      Expected<git::Objects> objects = git::Objects::open();
      if (!objects) return fail(objects.error().message);
      rest = std::make_unique<const git::RevisionReader>(
          std::make_shared<git::Objects>(std::move(*objects)), *revision);
    }
  }
  return load(OneFileReader(path, side.file, label, std::move(rest)), path, out);
}

// Why the sides cannot be compared, or nothing.
std::optional<std::string> trouble_of(const Expected<void>& loaded, const Loaded& side) {
  if (!loaded) return loaded.error().message;
  if (side.model) return std::nullopt;
  for (const Diagnostic& found : side.sink.diagnostics()) {
    if (found.info->severity != Severity::kError) continue;
    return fmt::format("{}: {}[{}]: {}", side.sources.location(found.span), "error",
                       found.info->code, found.message);
  }
  return "the policy has errors";
}

}  // namespace

int run_git_driver(const DiffOptions& options) {
  const std::vector<std::string>& given = options.driver_arguments;
  constexpr const char* kNothing = "/dev/null";
  if (given.size() == 1) {  // a path in conflict
    return write_out(fmt::format("policy {}: not merged yet\n", given[0])) ? kOk : kBadInput;
  }
  if (given.size() != 7 && given.size() != 9) {
    report_error({fmt::format("--git-driver takes the 7 arguments that git gives a diff driver, not {}; "
                              "see gitattributes(5)", given.size())}, options.report);
    return kBadInput;
  }
  const std::string& old_path = given[0];
  const std::string& new_path = given.size() == 9 ? given[7] : given[0];
  const DriverSide before{given[1], given[2]}, after{given[4], given[5]};
  if (before.file == kNothing || after.file == kNothing) {
    const std::string_view word = before.file == kNothing ? "added" : "removed";
    return write_out(fmt::format("policy {} {}\n", word, old_path)) ? kOk : kBadInput;
  }
  Loaded old_side, new_side;
  const Expected<void> old_loaded = load_side(before, old_path, old_side);
  const Expected<void> new_loaded = load_side(after, new_path, new_side);
  std::optional<std::string> trouble = trouble_of(old_loaded, old_side);
  if (!trouble) trouble = trouble_of(new_loaded, new_side);
  if (trouble) {
    // git would stop at a status other than 0, and the next file may be fine.
    return write_out(fmt::format("policy {}: cannot be compared: {}\n", new_path, *trouble)) ? kOk
                                                                                      : kBadInput;
  }
  compare_and_report(options, old_side, new_side);
  return kOk;
}

}  // namespace switchyard::driver
