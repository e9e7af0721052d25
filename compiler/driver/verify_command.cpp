#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <unistd.h>

#include "compiler/diagnostic/registry.h"
#include "compiler/diagram/build.h"
#include "compiler/driver/box_limit.h"
#include "compiler/capabilities/capabilities.h"
#include "compiler/driver/command.h"
#include "compiler/driver/finding_rules.h"
#include "compiler/driver/output.h"
#include "compiler/driver/read.h"
#include "compiler/driver/report.h"
#include "compiler/driver/verify_report.h"
#include "compiler/driver/verify_settings.h"
#include "compiler/parse/parse.h"
#include "compiler/region/partition.h"
#include "compiler/sema/resolve.h"
#include "compiler/source/file_reader.h"
#include "compiler/verify/accept.h"
#include "compiler/verify/overlaps.h"
#include "compiler/verify/verify.h"
#include "runtime/base/check.h"

#include "cmake/version.h"  // after the enums with a kVersion of their own

namespace switchyard::driver {
namespace {

struct Options {
  std::vector<std::string> files, capabilities, allow, deny;
  std::optional<std::size_t> max_warnings, max_boxes;
  std::string capabilities_input;  // all of standard input, where a file of capabilities is `-`
  std::string config;              // instead of the policyc.toml of each file
  bool no_config = false;
  std::string list;                // what else to print: "overlaps", or empty
  std::string format = "human";
  ReportOptions report;
};

void count_combinations(const Partition& partition, const PolicyDiagram& diagrams,
                        std::uint32_t declared, FileReport& out) {
  Count total = 1, excluded = 0;
  for (FactId fact = 0; fact < declared; ++fact) {
    Count values = 0;
    for (const std::uint64_t more : partition.axes[fact].more) values += Count(more) + 1;
    total *= values;
  }
  for (const auto& [leaf, own] : count_leaves(diagrams.manager, partition, diagrams.roots[0])) {
    if (diagrams.leaves.is_excluded(leaf_value(leaf))) excluded += own;
  }
  out.excluded = excluded;
  out.admitted = total - excluded;
}

// Every stage up to the analyses, warnings and the list of overlaps if asked for included. An unreadable
// file is the result's error.
Expected<void> look_at(const std::string& path, const CapabilityFiles& capabilities,
                       const Options& asked, const FindingRules& rules, DiagnosticSink& sink,
                       FileReport& out) {
  const Expected<FileId> root = read_source(out.sources, path);
  if (!root) return fail(root.error().message);
  const ast::Policy policy = parse_policy(out.sources, *root, sink);
  if (sink.has_errors()) return {};
  std::optional<Model> model = resolve(policy, out.sources, sink);
  if (!model) return {};
  VerifyOptions options;
  options.warnings = true;
  options.boxes = box_limit(asked.max_boxes, asked.format, options.boxes);
  if (rules.max_warnings >= options.findings) {  // one more shows that they are too many
    options.findings = rules.max_warnings + (rules.max_warnings == SIZE_MAX ? 0 : 1);
  }
  if (!capabilities.paths.empty()) {
    const auto applied = apply_capabilities(capabilities, *root, out.sources, *model, sink);
    if (!applied) return fail(applied.error().message);
    out.unknown_targets = applied->unknown_targets;
    options.foreign_files = applied->files;
    if (sink.has_errors()) return {};
  }
  const auto classes = partition(*model, sink);
  if (!classes) return {};
  const auto diagrams = build(*model, *classes, DiagramBudget{});
  verify(*model, *classes, diagrams, out.sources, sink, options);
  out.analysed = std::none_of(
      sink.diagnostics().begin(), sink.diagnostics().end(),
      [](const Diagnostic& found) { return found.info == &diag::Contradiction.info; });
  // Others' lines find other things, so that a line of the policy's own may accept nothing of them; nor
  // may it where warnings were not looked for.
  const bool all_looked_for =
      capabilities.paths.empty() && out.analysed && sink.error_count() < options.findings;
  out.accepted = accept_findings(*model, {rules.denied, all_looked_for}, sink);
  out.rules = model->rules.size();
  out.promises = model->promises.size() + model->influences.size();
  if (!asked.list.empty()) {
    const Overlaps found = overlaps(*model, *classes, diagrams, options);
    out.overlaps = list_of(found, *model, *classes, out.sources);
  }
  if (diagrams) count_combinations(*classes, *diagrams, model->declared_facts, out);
  return {};
}

constexpr FileAdvice kSettingsAdvice = {
    "settings are a file: name one with --config, or read none with --no-config",
    "settings hold `[verify]` and `[[allow]]` alone"};

// By path, what settings say; nothing where they cannot be used.
using Settings = std::map<std::string, std::optional<VerifySettings>>;

// Those for a policy, read and (when they cannot be used) reported once.
const std::optional<VerifySettings>& settings_for(const std::string& policy, const Options& options,
                                                  Settings& known) {
  std::optional<std::string> path = options.config;
  if (options.config.empty()) path = options.no_config ? std::nullopt : settings_of(policy);
  const auto [at, fresh] = known.try_emplace(path.value_or(""), VerifySettings{});
  if (!fresh || !path) return at->second;
  const Expected<std::string> text = DiskReader(kSettingsAdvice).read(*path, kMaxSettingsBytes);
  if (!text) {
    report_error(text.error(), options.report);
    at->second.reset();
    return at->second;
  }
  auto read = read_verify_settings(*path, *text);
  if (read) {
    at->second = std::move(*read);
  } else {
    for (const Error& mistake : read.error()) report_error(mistake, options.report);
    at->second.reset();
  }
  return at->second;
}

FileReport report_of(const std::string& path, const Options& options, Settings& known) {
  FileReport report;
  report.file = path == "-" ? "<stdin>" : path;
  const std::optional<VerifySettings>& settings = settings_for(path, options, known);
  if (!settings) {
    report.unreadable = fmt::format("cannot verify `{}`: its settings cannot be used", report.file);
    return report;
  }
  FindingRules rules = settings->rules;
  if (options.max_warnings) rules.max_warnings = *options.max_warnings;
  const auto added = add_arguments(options.allow, options.deny, rules);
  SWITCHYARD_CHECK(added);  // verify_command has looked at them
  DiagnosticSink sink;
  CapabilityFiles capabilities{options.capabilities, options.capabilities_input};
  if (capabilities.paths.empty()) capabilities.paths = settings->capabilities;
  if (const auto done =
          look_at(path, capabilities, options, rules, sink, report);
      !done) {
    report.unreadable = done.error().message;
    return report;
  }
  std::size_t denied = 0;
  for (const Diagnostic& finding : sink.diagnostics()) {
    const bool error = finding.info->severity == Severity::kError;
    const bool is_denied = rules.denied.contains(finding.info->code);
    const Acceptance* accepted =
        rules.accepting(finding.info->code, report.sources.file(finding.span.file).path());
    if (!error && !is_denied && accepted != nullptr) {
      report.accepted.push_back({finding, accepted->because, false});
      continue;
    }
    ++(error ? report.errors : report.warnings);
    denied += !error && is_denied ? 1 : 0;
    report.findings.push_back(finding);
    report.fails.push_back(error || is_denied);
  }
  const bool too_many = report.warnings - denied > rules.max_warnings;
  if (too_many) report.fails.assign(report.fails.size(), true);
  report.failed = report.errors + denied > 0 || too_many;
  return report;
}

bool wants_color(const std::string& color) {
  const char* no_color = std::getenv("NO_COLOR");
  const bool asked_not_to = no_color != nullptr && *no_color != '\0';
  return color == "always" || (color == "auto" && isatty(STDOUT_FILENO) != 0 && !asked_not_to);
}

std::string text_of(const std::vector<FileReport>& reports, const Options& options) {
  const VerifyText text = {wants_color(options.report.color), !options.list.empty()};
  if (options.format == "json") return verify_json(reports, text);
  if (options.format == "sarif") return verify_sarif(reports, std::string(kVersion));
  if (options.format == "junit") return verify_junit(reports);
  if (options.format == "github") return verify_github(reports);
  return verify_human(reports, text);
}

}  // namespace

int verify_command(Arguments arguments) {
  Options options;
  CLI::App app("Proves a policy for every combination of its facts, and warns of what is slower than it\n"
               "need be, changes nothing, or is never used. `policyc --verify FILE` is the same.",
               "policyc verify");
  app.add_option("FILE", options.files, "policies; `-` reads standard input")->required();
  app.add_option("--capabilities", options.capabilities,
                 "a file of `requires` lines that a kernel library prints (`moe capabilities`): they judge\n"
                 "the policy in place of its own lines; `-` is standard input")
      ->allow_extra_args(false);
  app.add_option("--allow", options.allow, "CODE: accept warnings of this code or name; with commas several")
      ->allow_extra_args(false);
  app.add_option("--deny", options.deny, "CODE: warnings of this code fail whatever --max-warnings says")
      ->allow_extra_args(false);
  app.add_option("--max-warnings", options.max_warnings,
                 "so many warnings a file do not fail (0 unless the settings say otherwise)")
      ->check(CLI::Range(std::size_t{0}, std::size_t{1'000'000}));
  add_box_limit(app, options.max_boxes, VerifyOptions{}.boxes);
  CLI::Option* config = app.add_option(
      "--config", options.config,
      "settings, instead of the policyc.toml in a policy's folder or above it in its repository");
  app.add_flag("--no-config", options.no_config, "read no policyc.toml")->excludes(config);
  app.add_option("--format", options.format, "human, json, sarif, junit or github (annotations)")
      ->check(CLI::IsMember({"human", "json", "sarif", "junit", "github"}))
      ->capture_default_str();
  app.add_option("--list", options.list,
                 "overlaps: pairs of rules with different outcomes between which order decides")
      ->check(CLI::IsMember({"overlaps"}));
  add_report_options(app, options.report);
  describe(app,
           "  policyc verify policies/*.policy\n"
           "  moe capabilities > kernels.requires\n"
           "  policyc verify --capabilities kernels.requires moe.policy\n"
           "  policyc verify --allow SY0325 --format sarif moe.policy > moe.sarif\n\n"
           "Exit status: 0 clean, 1 errors or warnings past what is allowed, 2 could not run (the files\n"
           "that can be read are looked at all the same).");
  if (const auto status = parse_arguments(app, arguments)) return *status;
  if (!options.list.empty() && options.format != "human" && options.format != "json") {
    report_error({fmt::format("--list prints as human or json, not as {}", options.format)},
                 options.report);
    return kBadInput;
  }
  if (std::count(options.files.begin(), options.files.end(), "-") > 1) {
    report_error({"standard input can be one of the files only"}, options.report);
    return kBadInput;
  }
  const auto inputs = std::count(options.capabilities.begin(), options.capabilities.end(), "-");
  if (inputs > 1 || (inputs == 1 && std::count(options.files.begin(), options.files.end(), "-") > 0)) {
    report_error({inputs > 1 ? "standard input can be one file of capabilities only"
                             : "the policy and its capabilities cannot both be standard input; name a "
                               "file for one of them"},
                 options.report);
    return kBadInput;
  }
  FindingRules none;
  if (const auto usable = add_arguments(options.allow, options.deny, none); !usable) {
    report_error(usable.error(), options.report);
    return kBadInput;
  }
  if (inputs == 1) {  // once for all policies
    Expected<std::string> text = read_standard_input(SourceFile::kMaxBytes);
    if (!text) {
      report_error(text.error(), options.report);
      return kBadInput;
    }
    options.capabilities_input = std::move(*text);
  }
  Settings settings;
  std::vector<FileReport> reports;
  for (const std::string& file : options.files) reports.push_back(report_of(file, options, settings));
  if (!write_out(text_of(reports, options))) return kBadInput;
  int status = kOk;
  for (const FileReport& report : reports) {
    if (!report.unreadable.empty()) {
      report_error({report.unreadable}, options.report);
      status = kBadInput;
    } else if (report.failed) {
      status = std::max(status, kFindings);
    }
  }
  return status;
}

}  // namespace switchyard::driver
