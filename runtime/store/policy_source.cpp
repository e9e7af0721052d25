#include "runtime/store/policy_source.h"

#include <xxhash.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <utility>

#include <fmt/format.h>

#include "runtime/store/compile_policy.h"
#include "runtime/store/policy_imports.h"

namespace switchyard {
namespace {

namespace fs = std::filesystem;
using Kind = PolicySource::Candidate::Kind;

constexpr std::size_t kMostInputs = 256;
// Two writes within this time may leave the same file times.
constexpr std::int64_t kTimeGrain = 1'000'000'000;  // ns

std::int64_t file_clock_ns() {
  struct timespec now {};
  ::clock_gettime(CLOCK_REALTIME, &now);
  return static_cast<std::int64_t>(now.tv_sec) * 1'000'000'000 + now.tv_nsec;
}

std::string digest(const FileContent& content) {
  if (content.kind != FileContent::Kind::kRead) return fmt::format("!{}", content.problem);
  const XXH128_hash_t hash = XXH3_128bits(content.bytes.data(), content.bytes.size());
  return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
}

// A folder that goes away with its content; its path is empty if it could not be made.
class ScratchFolder {
 public:
  ScratchFolder() {
    std::error_code error;
    const fs::path base = fs::temp_directory_path(error);
    path_ = ((error ? fs::path("/tmp") : base) / "switchyard-XXXXXX").string();
    if (::mkdtemp(path_.data()) == nullptr) path_.clear();
  }
  ~ScratchFolder() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

PolicySource::Candidate unusable(std::string reason, std::string diagnostics = {}) {
  return {Kind::kUnusable, std::nullopt, std::move(reason), std::move(diagnostics)};
}

PolicySource::Candidate opened(const FileContent& content, const std::string& name) {
  auto table = Table::from_bytes(content.bytes, name);
  if (!table) return unusable(table.error().message);
  return {Kind::kTable, std::move(*table), {}, {}};
}

}  // namespace

PolicySource::PolicySource(std::string path, Options options)
    : path_(std::move(path)), options_(std::move(options)), is_policy_(path_.ends_with(".policy")) {}

PolicySource::Reading PolicySource::read() const {
  Reading out;
  const char* what = is_policy_ ? "policy" : "table";
  std::vector<std::string> paths = {path_};
  for (std::size_t i = 0; i < paths.size() && i < kMostInputs; ++i) {
    const std::int64_t now = file_clock_ns();
    FileContent content = read_content(paths[i], options_.max_bytes, what);
    out.inputs.push_back({paths[i], content.state, now});
    out.key += fmt::format("{}\n", digest(content));
    if (is_policy_ && content.kind == FileContent::Kind::kRead) {
      const std::string_view text(reinterpret_cast<const char*>(content.bytes.data()),
                                  content.bytes.size());
      for (const std::string& import : imports_of(text)) {
        std::string path = import_path(paths[i], import);
        if (std::find(paths.begin(), paths.end(), path) == paths.end()) paths.push_back(std::move(path));
      }
    }
    if (i == 0) out.root = std::move(content);
  }
  return out;
}

PolicySource::Candidate PolicySource::load(bool patient, const std::function<bool()>& stop) {
  for (;;) {
    Reading reading = read();
    inputs_ = reading.inputs;
    const bool unsettled = reading.root.kind == FileContent::Kind::kMissing ||
                           reading.root.kind == FileContent::Kind::kChanging;
    if (unsettled && patient) return {Kind::kUnsettled, std::nullopt, {}, {}};
    if (reading.key == key_) return {Kind::kUnchanged, std::nullopt, {}, {}};
    if (reading.root.kind != FileContent::Kind::kRead) {
      key_ = std::move(reading.key);
      return unusable(reading.root.problem);
    }
    if (!is_policy_) {
      key_ = std::move(reading.key);
      return opened(reading.root, path_);
    }
    Candidate out = compile(inputs_, stop);
    if (stop()) return {};
    if (out.kind == Kind::kStopped || read().key != reading.key) continue;
    key_ = std::move(reading.key);
    return out;
  }
}

PolicySource::Candidate PolicySource::compile(const std::vector<Input>& inputs,
                                              const std::function<bool()>& stop) const {
  const ScratchFolder folder;
  if (folder.path().empty()) {
    return unusable(fmt::format("cannot make a folder for the compiled table: {}; set TMPDIR",
                                std::strerror(errno)));
  }
  const std::string table = folder.path() + "/policy.table";
  CompileResult result = compile_policy(options_.compiler, path_, table, options_.compile_timeout,
                                        [&] { return stop() || changed(inputs); });
  if (result.kind == CompileResult::Kind::kAbandoned) return {};
  if (result.kind != CompileResult::Kind::kCompiled) {
    return unusable(std::move(result.reason), std::move(result.diagnostics));
  }
  const FileContent content = read_content(table, options_.max_bytes, "compiled table");
  if (content.kind != FileContent::Kind::kRead) {
    return unusable(fmt::format("`{}` wrote no table for `{}`: {}", options_.compiler, path_,
                                content.problem),
                    std::move(result.diagnostics));
  }
  return opened(content, path_);
}

std::vector<std::string> PolicySource::inputs() const {
  std::vector<std::string> out;
  for (const Input& input : inputs_) out.push_back(input.path);
  return out;
}

bool PolicySource::changed(const std::vector<Input>& inputs) const {
  return std::any_of(inputs.begin(), inputs.end(), [](const Input& input) {
    return state_of(input.path) != input.state;
  });
}

bool PolicySource::looks_changed() const {
  return changed(inputs_) || std::any_of(inputs_.begin(), inputs_.end(), [](const Input& input) {
           return input.read_at_ns - std::max(input.state.changed_ns, input.state.modified_ns) <
                  kTimeGrain && input.state != FileState{};
         });
}

}  // namespace switchyard
