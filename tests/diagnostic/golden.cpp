#include "tests/diagnostic/golden.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string_view>

#include "compiler/capabilities/capabilities.h"
#include "compiler/diagnostic/render.h"
#include "compiler/diagram/build.h"
#include "compiler/parse/parse.h"
#include "compiler/region/partition.h"
#include "compiler/sema/resolve.h"
#include "compiler/verify/accept.h"
#include "compiler/verify/verify.h"

namespace switchyard {
namespace {

namespace fs = std::filesystem;

// The stages after parsing, in order; each runs when the one before reported no error. `lines`: a
// kernel library's, or empty.
void run_stages(const ast::Policy& policy, FileId root, const std::string& lines, bool warnings,
                SourceMap& sources, DiagnosticSink& sink) {
  if (sink.has_errors()) return;
  std::optional<Model> model = resolve(policy, sources, sink);
  if (!model) return;
  VerifyOptions options;
  options.warnings = warnings;
  if (!lines.empty()) {
    const auto applied = apply_capabilities({{lines}, ""}, root, sources, *model, sink);
    if (!applied || sink.has_errors()) return;
    options.foreign_files = applied->files;
  }
  const std::optional<Partition> classes = partition(*model, sink);
  if (!classes) return;
  const std::optional<PolicyDiagram> diagrams = build(*model, *classes, DiagramBudget{});
  verify(*model, *classes, diagrams, sources, sink, options);
  accept_findings(*model, {{}, warnings}, sink);
}

void read_marks(const SourceFile& source, std::vector<GoldenCase::Mark>& marks) {
  for (std::uint32_t number = 1; number <= source.line_count(); ++number) {
    std::string_view line = source.line(number);
    for (auto at = line.find("#~"); at != std::string_view::npos; at = line.find("#~")) {
      line.remove_prefix(at + 2);
      const auto up = static_cast<std::uint32_t>(line.find_first_not_of('^'));
      std::string_view rest = line.substr(up);
      const auto word = [&rest] {
        const auto begin = rest.find_first_not_of(' ');
        if (begin == std::string_view::npos) return std::string();
        rest.remove_prefix(begin);
        const std::string found(rest.substr(0, rest.find(' ')));
        rest.remove_prefix(found.size());
        return found;
      };
      const std::string severity = word();
      marks.push_back({source.path(), number - up, severity, word()});
    }
  }
}

}  // namespace

std::vector<std::string> golden_paths() {
  std::vector<std::string> paths;
  for (const auto& entry : fs::recursive_directory_iterator("tests/golden")) {
    if (entry.path().extension() == ".policy") paths.push_back(entry.path().generic_string());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

GoldenCase run_golden(const std::string& path) {
  GoldenCase result;
  result.path = path;
  result.expected_path = fs::path(path).replace_extension(".expected").generic_string();
  DiagnosticSink sink;
  const auto root = result.sources.load(path);
  if (!root) {
    result.output = root.error().message + "\n";
    return result;
  }
  const ast::Policy policy = parse_policy(result.sources, *root, sink);
  const std::string folder = fs::path(path).parent_path().filename().string();
  if (folder == "ast") {
    result.output = dump(policy, result.sources);
  } else if (folder == "fmt") {
    if (!sink.has_errors()) result.output = format_policy(result.sources, policy.files.back());
  } else {
    const bool foreign = folder == "capabilities";
    const std::string lines = fs::path(path).replace_extension(".requires").generic_string();
    run_stages(policy, *root, foreign ? lines : "", foreign || folder == "warnings", result.sources,
               sink);
  }
  result.diagnostics = sink.diagnostics();
  result.output += render_human(result.diagnostics, result.sources);

  for (FileId file = 0; file < result.sources.size(); ++file) {
    read_marks(result.sources.file(file), result.announced);
  }
  for (const Diagnostic& found : result.diagnostics) {
    const SourceFile& source = result.sources.file(found.span.file);
    result.found.push_back({source.path(), source.position(found.span.begin).line,
                            found.info->severity == Severity::kError ? "error" : "warning",
                            std::string(found.info->code)});
  }
  std::sort(result.announced.begin(), result.announced.end());
  std::sort(result.found.begin(), result.found.end());
  return result;
}

std::string to_string(const std::vector<GoldenCase::Mark>& marks) {
  std::string out;
  for (const GoldenCase::Mark& mark : marks) {
    out += fmt::format("{}:{}: {} {}\n", mark.path, mark.line, mark.severity, mark.code);
  }
  return out;
}

}  // namespace switchyard
